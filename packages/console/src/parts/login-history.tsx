// Logins over time, with the choice of how far back: of one application, or of all.
import { useQuery } from '../api/query.ts';
import { changeSearch, useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';
import { FilterBar, FilterChoice } from './filter-bar.tsx';
import { Load } from './load.tsx';
import { LoginChart } from './login-chart.tsx';
import { Section } from './page.tsx';

const periods = ['24', '168', '720'] as const;

/** The period stands in the address. @param application_id absent for all that the administrator may see */
export function LoginHistory({ application_id }: { readonly application_id?: string }) {
  const { t } = useWords();
  const { search } = useRoute();
  const hours = periods.find((each) => each === search['hours']) ?? '24';
  const query = application_id === undefined ? { hours } : { application_id, hours };
  const history = useQuery('getLoginHistory', { query }, { everyMs: 60_000 });
  return (
    <Section
      title={t('chart.title')}
      actions={
        <FilterBar>
          <FilterChoice
            label={t('chart.period')}
            value={hours}
            options={periods.map((value) => ({ value, text: t(`chart.hours_${value}`) }))}
            onChange={(value) => changeSearch({ hours: value === '24' ? '' : value })}
          />
        </FilterBar>
      }
    >
      <div class="chart-place">
        <Load from={history}>{(data) => <LoginChart history={data} />}</Load>
      </div>
    </Section>
  );
}
