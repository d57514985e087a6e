// How a login ended, as a word on its colour; one that still waits says how long it can be answered.
import type { Activity } from '@countersign/contract/models.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { useWords } from '../words/words.ts';
import { Badge, type Tone } from './badge.tsx';

export const outcomeTones: Readonly<Record<Activity['status'], Tone>> = {
  pending: 'note',
  approved: 'good',
  denied: 'bad',
  expired: 'warn',
  cancelled: 'quiet',
};

export const Outcome = ({ status }: Pick<Activity, 'status'>) => {
  const { t } = useWords();
  return <Badge tone={outcomeTones[status]}>{t(`outcome.${status}`)}</Badge>;
};

/** Nothing unless it is pending. */
export const SecondsLeft = ({ login }: { readonly login: Activity }) =>
  login.status === 'pending' ? <Left until={login.expires_at} /> : null;

function Left({ until }: { readonly until: number }) {
  const { count } = useWords();
  const now = useNow(deviceNow, 500);
  return (
    <span class="seconds-left">{count('activities.left', Math.max(0, Math.ceil((until - now) / 1000)))}</span>
  );
}
