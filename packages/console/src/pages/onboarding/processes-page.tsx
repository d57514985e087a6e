// Onboarding activities: devices that want to be bound, live, each with its steps by requirement, and a way to let it begin afresh.
import { processStatuses } from '@countersign/contract/requirement-kinds.ts';
import type { OnboardingProcess } from '@countersign/contract/onboarding-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useActivityStream } from '../../api/activity-stream.ts';
import { useQuery, usePages } from '../../api/query.ts';
import { Badge } from '../../parts/badge.tsx';
import { DayList } from '../../parts/day-list.tsx';
import { FilterBar, FilterChoice } from '../../parts/filter-bar.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { OpenableRow, RowSummary, useOpened } from '../../parts/openable-row.tsx';
import { Page } from '../../parts/page.tsx';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { Live } from '../activities/activities-page.tsx';
import { ProcessDetail } from './process-detail.tsx';
import { standingText, statusTones } from './process-words.ts';

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

function Processes({ id }: { readonly id: string }) {
  const { t } = useWords();
  const { search } = useRoute();
  const status = processStatuses.find((each) => each === search['status']);
  const all = usePages('listOnboardingProcesses', { params: { id }, query: { status } });
  useActivityStream(true, all.reload, 'onboarding');
  const opened = useOpened();
  return (
    <>
      <FilterBar>
        <FilterChoice
          label={t('processes.filter_status')}
          value={status ?? ''}
          options={[
            { value: '', text: t('activities.all') },
            ...processStatuses.map((value) => ({ value, text: t(`process.${value}`) })),
          ]}
          onChange={(chosen) => changeSearch({ status: chosen })}
        />
      </FilterBar>
      <Load from={all}>
        {(items) => (
          <>
            {items.length === 0 ? <Nothing id={id} isFiltered={status !== undefined} /> : null}
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
                  {t(all.isLoadingMore ? 'do.loading' : 'do.more')}
                </Button>
              </div>
            ) : null}
          </>
        )}
      </Load>
    </>
  );
}

function Nothing({ id, isFiltered }: { readonly id: string; readonly isFiltered: boolean }) {
  const { t } = useWords();
  if (isFiltered)
    return (
      <Empty title={t('table.nothing_found')} icon="search">
        <p>{t('table.nothing_found_help')}</p>
        <div class="empty-actions">
          <Button onClick={() => changeSearch({ status: undefined })}>{t('do.clear_filters')}</Button>
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
  const { t } = useWords();
  const { status, device, address, created_at: at } = process;
  return (
    <RowSummary
      at={at}
      outcome={<Badge tone={statusTones[status]}>{t(`process.${status}`)}</Badge>}
      who={
        <>
          <Who process={process} />
          <span class="quiet">{standingText({ t }, process)}</span>
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
  return (
    <span>
      <bdi class="strong">{username}</bdi>
      {user === null ? <span class="quiet"> ({t('processes.unverified')})</span> : null}
    </span>
  );
}
