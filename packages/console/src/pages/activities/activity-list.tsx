// Logins grouped by day, each to be opened in its place. New ones wait above while somebody reads.
import { Button } from '@countersign/ui/parts/button.tsx';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { DayList } from '../../parts/day-list.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useOpened } from '../../parts/openable-row.tsx';
import { useLate } from '../../parts/use-late.ts';
import { useWords } from '../../words/words.ts';
import { ActivityRow } from './activity-row.tsx';
import type { LiveList } from './live-list.ts';
import { type ActivityQuery, useLiveActivities } from './use-live-activities.ts';

export interface ActivityListProps {
  readonly query: ActivityQuery;
  /** Undefined where all are of the same one. */
  readonly nameOf: ((applicationId: string) => string | undefined) | undefined;
  /** Where there is nothing at all. */
  readonly empty: ComponentChildren;
}

/** Further down than this somebody reads. */
const readingBelowPx = 80;

export function ActivityList({ query, nameOf, empty }: ActivityListProps) {
  const { t } = useWords();
  const { ids: open, toggle } = useOpened();
  const opened = useRef(open);
  opened.current = open;
  const isReading = (): boolean => opened.current.size > 0 || scrollY > readingBelowPx;
  const live = useLiveActivities(query, isReading);
  const isLate = useLate(live.list === undefined && live.error === undefined);
  if (!live.list) {
    if (live.error !== undefined) return <Failure error={live.error} onRetry={live.reload} />;
    return isLate ? <Skeleton label={t('do.loading')} /> : <div class="load-space" />;
  }
  const { list } = live;
  return (
    <>
      <Failure error={live.error} onRetry={live.reload} />
      <New list={list} onTake={live.take} />
      {list.shown.length === 0 && list.cursor === null ? empty : null}
      <DayList items={list.shown} at={({ created_at: at }) => at}>
        {(login) => (
          <ActivityRow
            key={login.id}
            login={login}
            application={nameOf?.(login.application_id)}
            isOpen={open.has(login.id)}
            onToggle={toggle}
          />
        )}
      </DayList>
      {list.cursor === null ? null : (
        <div class="table-foot">
          <span />
          <Button disabled={live.isLoadingMore} onClick={live.more}>
            {t(
              live.isLoadingMore ? 'do.loading' : list.shown.length === 0 ? 'activities.further' : 'do.more',
            )}
          </Button>
        </div>
      )}
    </>
  );
}

function New({
  list: { waiting, isTorn },
  onTake,
}: {
  readonly list: LiveList;
  readonly onTake: () => void;
}) {
  const { t, count } = useWords();
  const show = (): void => {
    onTake();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    scrollTo({ top: 0, behavior: calm ? 'instant' : 'smooth' });
  };
  return (
    <div class="activities-new" role="status">
      {waiting.length === 0 ? null : (
        <Button look="main" icon="up" onClick={show}>
          {isTorn
            ? t('activities.new_many', { count: waiting.length })
            : count('activities.new', waiting.length)}
        </Button>
      )}
    </div>
  );
}
