// Begins the syncs that are due by themselves. Of several nodes, the one that moves the due time on begins it.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import type { SyncRunner } from './start-sync.ts';
import { nextSyncAt } from './sync-schedule.ts';
import { selectDue, takeDue } from './sync-store.ts';

/** @returns how many were begun here. */
export async function runDueSyncs({
  db,
  clock,
  syncs,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly syncs: SyncRunner;
}): Promise<number> {
  const now = clock.now();
  let begun = 0;
  for (const source of await selectDue(db.read, now)) {
    const next = nextSyncAt({ sync_hours: source.sync_hours, enabled: true }, now);
    if (!(await db.write((tx) => takeDue(tx, source, next)))) continue;
    try {
      await syncs.begin({ kind: 'system' }, null, source.id, { dry_run: false, disable_many: false });
      begun += 1;
    } catch (error) {
      // One that an administrator began does as well; one that was deleted or disabled just now needs none.
      if (!(error instanceof Problem)) throw error;
    }
  }
  return begun;
}
