// Which time a list is of: a few choices that end now, or from and until as given. Kept in the address as `period`, `from`, `until`.
import { useId } from 'preact/hooks';
import type { Search } from '../router/paths.ts';
import { changeSearch, useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';
import { FilterChoice } from './filter-bar.tsx';

const day = 86_400_000;
const lengths = { hour: 3_600_000, day, week: 7 * day, month: 30 * day } as const;
const choices = ['hour', 'day', 'week', 'month', 'own'] as const;

export interface PeriodChoice {
  readonly choice: (typeof choices)[number] | undefined;
  /** Epoch milliseconds; of `own`. */
  readonly from: number | undefined;
  readonly until: number | undefined;
}

/** Anybody can make a link: what is not known is left out. */
export function readPeriod(search: Search): PeriodChoice {
  const choice = choices.find((each) => each === search['period']);
  const isOwn = choice === 'own';
  return {
    choice,
    from: isOwn ? moment(search['from']) : undefined,
    until: isOwn ? moment(search['until']) : undefined,
  };
}

function moment(text: string | undefined): number | undefined {
  const at = text === undefined || text === '' ? Number.NaN : Date.parse(text);
  return Number.isFinite(at) && at >= 0 ? at : undefined;
}

/** For the query of the server. */
export const spanOf = ({ choice, from, until }: PeriodChoice, now: number) => ({
  from: choice === undefined || choice === 'own' ? from : now - lengths[choice],
  until,
});

/** Within a `FilterBar`. */
export function PeriodFilter() {
  const { t } = useWords();
  const { search } = useRoute();
  const { choice } = readPeriod(search);
  return (
    <>
      <FilterChoice
        label={t('period.label')}
        value={choice ?? ''}
        options={[
          { value: '', text: t('period.all') },
          ...choices.map((value) => ({ value, text: t(`period.${value}`) })),
        ]}
        onChange={(period) => changeSearch({ period, from: undefined, until: undefined })}
      />
      {choice === 'own' ? <OwnPeriod /> : null}
    </>
  );
}

function OwnPeriod() {
  const { t } = useWords();
  const { search } = useRoute();
  const id = useId();
  return (
    <>
      {(['from', 'until'] as const).map((end) => (
        <span key={end} class="filter-choice">
          <label for={`${id}-${end}`}>{t(`period.${end}`)}</label>
          <input
            id={`${id}-${end}`}
            class="filter-moment"
            type="datetime-local"
            value={search[end] ?? ''}
            onChange={({ currentTarget }) => changeSearch({ [end]: currentTarget.value })}
          />
        </span>
      ))}
    </>
  );
}
