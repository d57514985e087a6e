// The figures at the top of the dashboard. They keep their place while they are counted.
import type { Overview } from '@countersign/contract/overview-models.ts';
import type { ComponentChildren } from 'preact';
import { Hint } from '../../parts/hint.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';

export function Figures({ overview }: { readonly overview: Overview | undefined }) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  const say = (value: number | undefined): string => (value === undefined ? ' ' : number.format(value));
  return (
    <ul class="figures">
      <Figure label={t('dashboard.figure.users')} value={say(overview?.users)} />
      <Figure
        label={t('dashboard.figure.onboarded')}
        value={say(overview?.users_onboarded)}
        help={t('dashboard.figure.onboarded_help')}
        note={
          overview && overview.users > 0
            ? t('dashboard.figure.onboarded_note', { percent: shareText(language, overview) })
            : undefined
        }
      />
      <Figure
        label={t('dashboard.figure.active')}
        value={say(overview?.users_active)}
        help={t('dashboard.figure.active_help')}
        note={t('dashboard.figure.active_note')}
      />
      <Figure label={t('dashboard.figure.devices')} value={say(overview?.devices)} />
      <li>
        <a class="figure" href={hrefOf('activities', {}, { status: 'pending' })}>
          <span class="quiet">{t('dashboard.figure.pending')}</span>
          <span class="figure-number">{say(overview?.requests_pending)}</span>
          <span class="quiet small">{t('dashboard.figure.pending_note')}</span>
        </a>
      </li>
    </ul>
  );
}

const shareText = (language: string, { users, users_onboarded: onboarded }: Overview): string =>
  new Intl.NumberFormat(language, { style: 'percent' }).format(onboarded / users);

function Figure({
  label,
  value,
  note,
  help,
}: {
  readonly label: string;
  readonly value: string;
  readonly note?: ComponentChildren;
  readonly help?: string;
}) {
  const { t } = useWords();
  return (
    <li class="figure">
      <span class="figure-label quiet">
        {label}
        {help === undefined ? null : <Hint label={t('dashboard.figure.about', { label })} text={help} />}
      </span>
      <span class="figure-number">{value}</span>
      <span class="quiet small">{note}</span>
    </li>
  );
}
