// A sync of users with their source: how it stands, what it counts, and which of its changes it tells.
import type {
  SyncChange,
  SyncCounts,
  UserSourceSync,
  UserSourceSyncWithChanges,
} from '@countersign/contract/user-source-models.ts';
import { syncChangeKinds } from '@countersign/contract/user-source-words.ts';
import type { Selectable } from 'kysely';
import type { UserSourceSyncTable } from '#db/user-source-tables.ts';

export type SyncRow = Selectable<UserSourceSyncTable>;

export const noCounts: SyncCounts = {
  listed: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  enabled: 0,
  disabled: 0,
  skipped: 0,
};

/** Of each kind so many are told: a sync of everybody keeps within them. */
export const maxChangesTold = 100;

/** What became of one person. */
export type Kept = SyncChange | 'unchanged';

/** Counts what became of people, and keeps the first of each kind. */
export interface Tally {
  add(kept: Kept): void;
  listed(people: number): void;
  counts(): SyncCounts;
  changes(): readonly SyncChange[];
}

export function createTally(): Tally {
  const counts = { ...noCounts };
  const told = new Map<SyncChange['kind'], SyncChange[]>(syncChangeKinds.map((kind) => [kind, []]));
  return {
    add(kept) {
      if (kept === 'unchanged') {
        counts.unchanged += 1;
        return;
      }
      counts[kept.kind] += 1;
      const list = told.get(kept.kind);
      if (list && list.length < maxChangesTold) list.push(kept);
    },
    listed(people) {
      counts.listed += people;
    },
    counts: () => ({ ...counts }),
    changes: () => [...told.values()].flat(),
  };
}

export const toSync = (row: SyncRow): UserSourceSync => ({
  id: row.id,
  user_source_id: row.source_id,
  username: row.username,
  dry_run: row.dry_run === 1,
  status: row.status,
  failure: row.failure,
  detail: row.detail,
  counts: JSON.parse(row.counts) as SyncCounts,
  started_at: row.started_at,
  ended_at: row.ended_at,
});

export const toSyncWithChanges = (row: SyncRow): UserSourceSyncWithChanges => ({
  ...toSync(row),
  changes: JSON.parse(row.changes) as SyncChange[],
});
