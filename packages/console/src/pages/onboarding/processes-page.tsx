// Onboarding activities: devices that want to be bound, live, each with its steps by requirement, and a way to let it begin afresh.
import { type ProcessStatus, processStatuses } from '@countersign/contract/requirement-kinds.ts';
import type { OnboardingProcess } from '@countersign/contract/onboarding-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { deviceNow } from '@countersign/ui/clock.ts';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useActivityStream } from '../../api/activity-stream.ts';
import { useQuery, usePages } from '../../api/query.ts';
import { Badge } from '../../parts/badge.tsx';
import { DayList } from '../../parts/day-list.tsx';
import { FilterBar, FilterChoice, SearchBox } from '../../parts/filter-bar.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { OpenableRow, RowSummary, useOpened } from '../../parts/openable-row.tsx';
import { Page } from '../../parts/page.tsx';
import { PeriodFilter, readPeriod, spanOf } from '../../parts/period-filter.tsx';
import { hrefOf, type Search } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { Live } from '../activities/activities-page.tsx';
import { ProcessDetail } from './process-detail.tsx';
import { standingTexts, statusTones } from './process-words.ts';

export function ProcessesPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const name = application.data?.name ?? '…';
  return (
    <Page
      title={t('processes.title')}
      lead={t('processes.lead', { name })}
      aside={<Live />}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name, href: hrefOf('application', { id }) },
      ]}
    >
      <Processes id={id} />
    </Page>
  );
}

const noFilters = {
  name: undefined,
  status: undefined,
  period: undefined,
  from: undefined,
  until: undefined,
};

const searchName = (name: string): void => changeSearch({ name });

/** Anybody can make a link: what is not known is left out. */
const queryOf = (search: Search) => ({
  status: processStatuses.find((each) => each === search['status']),
  username: search['name'] === '' ? undefined : search['name'],
  ...spanOf(readPeriod(search), deviceNow()),
});

function Processes({ id }: { readonly id: string }) {
  const { t } = useWords();
  const { search } = useRoute();
  const key = JSON.stringify(search);
  // From when it is, is said once: else every drawing would ask anew.
  const query = useMemo(() => queryOf(search), [key]);
  const all = usePages('listOnboardingProcesses', { params: { id }, query });
  useActivityStream(true, all.reload, 'onboarding');
  const opened = useOpened();
  return (
    <>
      <Filters status={query.status} />
      <Load from={all}>
        {(items) => (
          <>
            {items.length === 0 && !all.hasMore ? (
              <Nothing id={id} isFiltered={Object.values(query).some((each) => each !== undefined)} />
            ) : null}
            <DayList items={items} at={({ created_at: at }) => at}>
              {(process) => (
                <OpenableRow
                  key={process.id}
                  summary={<Summary process={process} />}
                  isOpen={opened.ids.has(process.id)}
                  onToggle={() => opened.toggle(process.id)}
                >
                  {() => <ProcessDetail process={process} />}
                </OpenableRow>
              )}
            </DayList>
            {all.hasMore ? (
              <div class="table-foot">
                <span />
                <Button disabled={all.isLoadingMore} onClick={all.more}>
                  {t(
                    all.isLoadingMore ? 'do.loading' : items.length === 0 ? 'activities.further' : 'do.more',
                  )}
                </Button>
              </div>
            ) : null}
          </>
        )}
      </Load>
    </>
  );
}

function Filters({ status }: { readonly status: ProcessStatus | undefined }) {
  const { t } = useWords();
  const { search } = useRoute();
  return (
    <FilterBar>
      <SearchBox
        label={t('activities.filter_user')}
        placeholder={t('activities.filter_user')}
        value={search['name'] ?? ''}
        onSearch={searchName}
      />
      <FilterChoice
        label={t('processes.filter_status')}
        value={status ?? ''}
        options={[
          { value: '', text: t('activities.all') },
          ...processStatuses.map((value) => ({ value, text: t(`process.${value}`) })),
        ]}
        onChange={(chosen) => changeSearch({ status: chosen })}
      />
      <PeriodFilter />
    </FilterBar>
  );
}

function Nothing({ id, isFiltered }: { readonly id: string; readonly isFiltered: boolean }) {
  const { t } = useWords();
  if (isFiltered)
    return (
      <Empty title={t('table.nothing_found')} icon="search">
        <p>{t('table.nothing_found_help')}</p>
        <div class="empty-actions">
          <Button onClick={() => changeSearch(noFilters)}>{t('do.clear_filters')}</Button>
        </div>
      </Empty>
    );
  return (
    <Empty title={t('processes.empty')} icon="phone">
      <p>{t('processes.empty_help')}</p>
      <div class="empty-actions">
        <LinkButton href={hrefOf('requirements', { id })} icon="scan">
          {t('requirements.title')}
        </LinkButton>
      </div>
    </Empty>
  );
}

function Summary({ process }: { readonly process: OnboardingProcess }) {
  const speech = useWords();
  const { t } = speech;
  const { status, device, address, created_at: at } = process;
  return (
    <RowSummary
      at={at}
      outcome={<Badge tone={statusTones[status]}>{t(`process.${status}`)}</Badge>}
      who={
        <>
          <Who process={process} />
          {standingTexts(speech, process).map((text) => (
            <bdi key={text} class="quiet">
              {text}
            </bdi>
          ))}
        </>
      }
      where={
        <>
          <bdi>{device.name}</bdi>
          <span class="quiet">{t('activities.from', { address })}</span>
        </>
      }
    />
  );
}

/** Whoever is asked for a password may type any name. */
function Who({ process: { username, user_id: user } }: { readonly process: OnboardingProcess }) {
  const { t } = useWords();
  if (username === '') return <span class="quiet">{t('processes.user_unknown')}</span>;
  const name = <bdi class="strong">{username}</bdi>;
  return user === null ? (
    <span>{wordsAround(t('processes.says_to_be', { name: '\u0000' }), name)}</span>
  ) : (
    name
  );
}

/** A text with a part of it set apart. */
function wordsAround(text: string, part: ComponentChildren): ComponentChildren {
  const [before, after] = text.split('\u0000');
  return (
    <>
      <span class="quiet">{before}</span>
      {part}
      <span class="quiet">{after}</span>
    </>
  );
}
