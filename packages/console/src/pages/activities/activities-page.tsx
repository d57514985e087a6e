// Authentication activities, of the whole server and of one application: live, filtered, each login with its steps.
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { useMemo } from 'preact/hooks';
import { streamState } from '../../api/activity-stream.ts';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { FilterBar, FilterChoice, SearchBox } from '../../parts/filter-bar.tsx';
import { Page } from '../../parts/page.tsx';
import { PeriodFilter } from '../../parts/period-filter.tsx';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { type ActivityFilters, isFiltered, queryOf, readFilters } from './activity-filters.ts';
import { ActivityList } from './activity-list.tsx';
import { kindNames, statusNames } from './statuses.ts';
import { useApplicationNames } from './use-application-names.ts';

export function ActivitiesPage() {
  const { t } = useWords();
  return (
    <Page title={t('activities.title')} lead={t('activities.lead')} aside={<Live />}>
      <Activities />
    </Page>
  );
}

export function ApplicationActivitiesPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const name = application.data?.name ?? '';
  return (
    <Page
      title={t('activities.title')}
      lead={name === '' ? ' ' : t('activities.lead_application', { name })}
      aside={<Live />}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name === '' ? '…' : name, href: hrefOf('application', { id }) },
      ]}
    >
      <Activities applicationId={id} />
    </Page>
  );
}

/** Whether the server tells by itself what is new. */
export function Live() {
  const { t } = useWords();
  const state = useStore(streamState);
  const tone = { live: 'good', asking: 'warn', opening: 'quiet' } as const;
  return (
    <span class="activities-live" title={state === 'live' ? t('activities.live_help') : ''}>
      <StatusDot tone={tone[state]}>{t(`activities.${state}`)}</StatusDot>
    </span>
  );
}

const noFilters = {
  name: undefined,
  user: undefined,
  application: undefined,
  status: undefined,
  kind: undefined,
  period: undefined,
  from: undefined,
  until: undefined,
};

function Activities({ applicationId }: { readonly applicationId?: string }) {
  const { t } = useWords();
  const { search } = useRoute();
  const key = JSON.stringify(search);
  const filters = useMemo(() => readFilters(search), [key]);
  const query = useMemo(() => queryOf(filters, applicationId, deviceNow()), [filters, applicationId]);
  const nameOf = useApplicationNames();
  const clear = isFiltered(filters) ? (
    <Button onClick={() => changeSearch(noFilters)}>{t('do.clear_filters')}</Button>
  ) : null;
  return (
    <>
      <Filters filters={filters} isOfOne={applicationId !== undefined} />
      <ActivityList
        key={key}
        query={query}
        nameOf={applicationId === undefined ? nameOf : undefined}
        empty={
          clear === null ? (
            <Empty title={t('activities.empty')} icon="activity">
              <p>{t('activities.empty_help')}</p>
            </Empty>
          ) : (
            <Empty title={t('table.nothing_found')} icon="search">
              <p>{t('table.nothing_found_help')}</p>
              <div class="empty-actions">{clear}</div>
            </Empty>
          )
        }
      />
    </>
  );
}

const searchName = (name: string): void => changeSearch({ name });

function Filters({ filters, isOfOne }: { readonly filters: ActivityFilters; readonly isOfOne: boolean }) {
  const { t } = useWords();
  const all = { value: '', text: t('activities.all') };
  return (
    <FilterBar>
      {filters.userId === undefined ? (
        <SearchBox
          label={t('activities.filter_user')}
          placeholder={t('activities.filter_user')}
          value={filters.name}
          onSearch={searchName}
        />
      ) : (
        <OneUser id={filters.userId} />
      )}
      {isOfOne ? null : <ApplicationFilter chosen={filters.applicationId} />}
      <FilterChoice
        label={t('activities.filter_outcome')}
        value={filters.status ?? ''}
        options={[all, ...statusNames.map((value) => ({ value, text: t(`outcome.${value}`) }))]}
        onChange={(status) => changeSearch({ status })}
      />
      <FilterChoice
        label={t('activities.filter_kind')}
        value={filters.kind ?? ''}
        options={[all, ...kindNames.map((value) => ({ value, text: t(`kind.${value}`) }))]}
        onChange={(kind) => changeSearch({ kind })}
      />
      <PeriodFilter />
    </FilterBar>
  );
}

function ApplicationFilter({ chosen }: { readonly chosen: string | undefined }) {
  const { t } = useWords();
  const applications = useQuery('listApplications', { query: { limit: 200 } });
  const items = applications.data?.items ?? [];
  if (items.length < 2 && chosen === undefined) return null;
  return (
    <FilterChoice
      label={t('activities.filter_application')}
      value={chosen ?? ''}
      options={[
        { value: '', text: t('activities.all') },
        ...items.map(({ id, name }) => ({ value: id, text: name })),
      ]}
      onChange={(application) => changeSearch({ application })}
    />
  );
}

/** From a user's page. */
function OneUser({ id }: { readonly id: string }) {
  const { t } = useWords();
  const user = useQuery('getUser', { params: { id } }, { enabled: mayCall('getUser') });
  return (
    <Button
      icon="cross"
      label={t('activities.filter_one_user_clear')}
      onClick={() => changeSearch({ user: undefined })}
    >
      <bdi>{t('activities.filter_one_user', { name: user.data?.username ?? '…' })}</bdi>
    </Button>
  );
}
