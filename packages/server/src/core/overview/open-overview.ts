// What the overview keeps in memory for a whole process, and what it does now and then.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import type { Random } from '#platform/random.ts';
import { createRecall } from '#platform/recall.ts';
import { repeat } from '#platform/repeat.ts';
import { type ActivityFeed, createActivityFeed } from './activity-feed.ts';
import { countHours } from './count-hours.ts';
import type { OverviewDeps } from './get-overview.ts';

export interface OverviewMemory extends Pick<OverviewDeps, 'instanceId' | 'recall'> {
  readonly feed: ActivityFeed;
}

/** How old what is shown may be. */
const recallMs = 3000;
/** How often finished hours are looked for. */
const countEveryMs = 60_000;

export const openOverview = (deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly failed: (error: unknown) => void;
}): OverviewMemory => ({
  instanceId: newId(deps, 'nod'),
  recall: createRecall(deps.clock, recallMs),
  feed: createActivityFeed(deps),
});

export function startOverview(
  deps: { readonly db: Db; readonly clock: Clock; readonly random: Random; readonly log: Pick<Log, 'error'> },
  lifecycle: Lifecycle,
): OverviewMemory {
  const failed = (what: string) => (error: unknown) =>
    deps.log.error({ err: error }, `${what} failed; it is tried again`);
  const overview = openOverview({ ...deps, failed: failed('following activity') });
  lifecycle.onStop('following activity', overview.feed.stop);
  const stop = repeat(countEveryMs, () => countHours(deps), failed('counting logins'), { atOnce: true });
  lifecycle.onStop('counting logins', stop);
  return overview;
}
