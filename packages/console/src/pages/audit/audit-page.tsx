// Event auditing: who changed or decided what, to be filtered, looked into and taken away.
import type { AuditEvent } from '@countersign/contract/models.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty, Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useEffect, useMemo } from 'preact/hooks';
import { type Pages, usePages, useQuery } from '../../api/query.ts';
import { type CallInput, urlOf } from '../../api/send.ts';
import { mayCall } from '../../api/session.ts';
import { CodeSnippet } from '../../parts/copy.tsx';
import { DayList } from '../../parts/day-list.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FilterBar, FilterChoice } from '../../parts/filter-bar.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { type PeriodChoice, PeriodFilter, readPeriod, spanOf } from '../../parts/period-filter.tsx';
import { useLate } from '../../parts/use-late.ts';
import type { Search } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { useNames } from './audit-names.ts';
import { AuditRow } from './audit-row.tsx';
import { shortId } from './audit-sentence.ts';
import { families } from './families.ts';
import { SubjectFilter } from './subject-filter.tsx';

interface Filters {
  readonly family: (typeof families)[number] | undefined;
  readonly actor: string | undefined;
  readonly subject: string | undefined;
  readonly period: PeriodChoice;
}

const readFilters = (search: Search): Filters => ({
  family: families.find((each) => each === search['event']),
  actor: search['actor'] === '' ? undefined : search['actor'],
  subject: search['subject'] === '' ? undefined : search['subject'],
  period: readPeriod(search),
});

type AuditQuery = CallInput<'listAuditEvents'>['query'];

const queryOf = ({ family, actor, subject, period }: Filters, now: number): AuditQuery => ({
  event: family === undefined ? undefined : `${family}.`,
  actor_id: actor,
  subject_id: subject,
  ...spanOf(period, now),
});

const noFilters = {
  ...{ event: undefined, actor: undefined, subject: undefined },
  ...{ period: undefined, from: undefined, until: undefined },
};

export function AuditPage() {
  const { t } = useWords();
  const { search } = useRoute();
  const key = JSON.stringify(search);
  const filters = useMemo(() => readFilters(search), [key]);
  const query = useMemo(() => queryOf(filters, deviceNow()), [filters]);
  const events = usePages('listAuditEvents', { query });
  const names = useNames(events.data ?? []);
  const isFiltered = Object.values(query ?? {}).some((each) => each !== undefined);
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')}>
      <FilterBar>
        <FilterChoice
          label={t('audit.filter_family')}
          value={filters.family ?? ''}
          options={[
            { value: '', text: t('audit.all') },
            ...families.map((value) => ({ value, text: t(`family.${value}`) })),
          ]}
          onChange={(event) => changeSearch({ event })}
        />
        <ActorFilter chosen={filters.actor} name={names[filters.actor ?? '']} />
        <PeriodFilter />
        <SubjectFilter chosen={filters.subject} name={names[filters.subject ?? '']} />
      </FilterBar>
      <TakeAway query={query} />
      <Events events={events} names={names} isFiltered={isFiltered} />
      <Section title={t('audit.verify_title')} lead={t('audit.verify_help')}>
        <CodeSnippet label={t('audit.verify_label')} code="npx countersign audit verify" />
      </Section>
    </Page>
  );
}

/** Administrators to choose from; anybody else comes by a link. */
function ActorFilter({
  chosen,
  name,
}: {
  readonly chosen: string | undefined;
  readonly name: string | undefined;
}) {
  const { t } = useWords();
  const administrators = useQuery(
    'listAdministrators',
    { query: { limit: 200 } },
    { enabled: mayCall('listAdministrators') },
  );
  const items = (administrators.data?.items ?? []).map(({ id, username }) => ({ value: id, text: username }));
  const isListed = chosen === undefined || items.some(({ value }) => value === chosen);
  return (
    <FilterChoice
      label={t('audit.filter_actor')}
      value={chosen ?? ''}
      options={[
        { value: '', text: t('audit.all') },
        ...(isListed ? [] : [{ value: chosen, text: name ?? shortId(chosen) }]),
        ...items,
      ]}
      onChange={(actor) => changeSearch({ actor })}
    />
  );
}

/** A page may be empty and yet not the last one. */
const fewEvents = 10;

function Events({
  events,
  names,
  isFiltered,
}: {
  readonly events: Pages<AuditEvent>;
  readonly names: Readonly<Record<string, string>>;
  readonly isFiltered: boolean;
}) {
  const { t } = useWords();
  const { data, error, hasMore, isLoadingMore } = events;
  const isLate = useLate(data === undefined && error === undefined);
  const goesOn = data !== undefined && data.length < fewEvents && hasMore && !isLoadingMore && !error;
  useEffect(() => {
    if (goesOn) events.more();
  }, [goesOn, data?.length]);
  if (data === undefined) {
    if (error !== undefined) return <Failure error={error} onRetry={events.reload} />;
    return isLate ? <Skeleton label={t('do.loading')} /> : <div class="load-space" />;
  }
  return (
    <>
      <Failure error={error} onRetry={events.reload} />
      {data.length === 0 && !hasMore ? <Nothing isFiltered={isFiltered} /> : null}
      <DayList items={data} at={({ at }) => at}>
        {(event) => <AuditRow key={event.id} event={event} names={names} />}
      </DayList>
      {hasMore ? (
        <div class="table-foot">
          <span />
          <Button disabled={isLoadingMore} onClick={events.more}>
            {t(isLoadingMore ? 'do.loading' : 'do.more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t } = useWords();
  if (!isFiltered)
    return (
      <Empty title={t('audit.empty')} icon="journal">
        <p>{t('audit.empty_help')}</p>
      </Empty>
    );
  return (
    <Empty title={t('table.nothing_found')} icon="search">
      <p>{t('table.nothing_found_help')}</p>
      <div class="empty-actions">
        <Button onClick={() => changeSearch(noFilters)}>{t('do.clear_filters')}</Button>
      </div>
    </Empty>
  );
}

function TakeAway({ query }: { readonly query: AuditQuery }) {
  const { t } = useWords();
  const formats = { jsonl: 'audit.export_jsonl', csv: 'audit.export_csv' } as const;
  return (
    <div class="activity-ways" role="group" aria-label={t('audit.export')}>
      {Object.entries(formats).map(([format, word]) => (
        // The browser takes it as it comes, however long it is.
        <a
          key={format}
          class="button button-plain"
          href={urlOf('exportAuditEvents', { query: { ...query, format } })}
          download
        >
          <Icon name="download" />
          <span>{t(word)}</span>
        </a>
      ))}
      <span class="quiet">{t('audit.export_help')}</span>
    </div>
  );
}
