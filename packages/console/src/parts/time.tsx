// Moments as people say them; the exact one is in the title.
import { deviceNow } from '@countersign/ui/clock.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { regionOf, showTime } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';

const units = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3 hours ago`, `in 2 days`; undefined for less than a minute. @param distanceMs after now; before now when negative */
export function relativeText(language: string, distanceMs: number): string | undefined {
  const unit = units.find(([, ms]) => Math.abs(distanceMs) >= ms);
  if (!unit) return undefined;
  const format = new Intl.RelativeTimeFormat(regionOf(language), { numeric: 'auto' });
  return format.format(Math.trunc(distanceMs / unit[1]), unit[0]);
}

/** @param at epoch milliseconds; null is “never”. */
export function RelativeTime({ at }: { readonly at: number | null }) {
  const { t, language } = useWords();
  const now = useNow(deviceNow, 30_000);
  if (at === null) return <span class="quiet">{t('time.never')}</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={showTime(language, at)}>
      {relativeText(language, at - now) ?? t('time.just_now')}
    </time>
  );
}

/** Date and time in full. */
export function ExactTime({ at }: { readonly at: number | null }) {
  const { t, language } = useWords();
  if (at === null) return <span class="quiet">{t('time.never')}</span>;
  return <time dateTime={new Date(at).toISOString()}>{showTime(language, at)}</time>;
}
