// SQL of syncs. One of a source runs at a time: a unique index says so, over all nodes.
import type { SyncChange, SyncCounts } from '@countersign/contract/user-source-models.ts';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import { Problem } from '#platform/problem.ts';
import type { SyncRow } from './sync.ts';

/** Refused by a unique index while another one of the source runs (isUniqueViolation). */
export async function insertSync(tx: Tx, row: SyncRow): Promise<void> {
  await tx.insertInto('user_source_syncs').values(row).execute();
}

/** Syncs whose node has said nothing for so long are ended, so that others can begin. */
export async function endSilent(tx: Tx, sourceId: string, silentSince: number, now: number): Promise<void> {
  await tx
    .updateTable('user_source_syncs')
    .set({ status: 'failed', failure: 'node_stopped', ended_at: now })
    .where('source_id', '=', sourceId)
    .where('status', '=', 'running')
    .where('alive_at', '<', silentSince)
    .execute();
}

export async function forgetOldSyncs(tx: Tx, sourceId: string, keep: number): Promise<void> {
  const kept = tx
    .selectFrom('user_source_syncs')
    .select('id')
    .where('source_id', '=', sourceId)
    .orderBy('id', 'desc')
    .limit(keep);
  await tx
    .deleteFrom('user_source_syncs')
    .where('source_id', '=', sourceId)
    .where('status', '!=', 'running')
    .where('id', 'not in', kept)
    .execute();
}

/** Says that it is at work, and how far. @returns false when it no longer runs: somebody stopped it, or took it for dead */
export async function noteProgress(
  tx: Tx,
  id: string,
  { now, counts }: { readonly now: number; readonly counts: SyncCounts },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_source_syncs')
    .set({ alive_at: now, counts: JSON.stringify(counts) })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface SyncEnd extends Pick<SyncRow, 'status' | 'failure' | 'detail'> {
  readonly counts: SyncCounts;
  readonly changes: readonly SyncChange[];
}

/** @returns undefined when it had ended already; then only what it did is written. */
export async function endSync(tx: Tx, id: string, end: SyncEnd, now: number): Promise<SyncRow | undefined> {
  const told = { counts: JSON.stringify(end.counts), changes: JSON.stringify(end.changes) };
  await tx.deleteFrom('user_source_seen').where('sync_id', '=', id).execute();
  const detail = toDisplayable(end.detail, 1000);
  const row = await tx
    .updateTable('user_source_syncs')
    .set({ ...told, status: end.status, failure: end.failure, detail, ended_at: now })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .returningAll()
    .executeTakeFirst();
  if (!row) await tx.updateTable('user_source_syncs').set(told).where('id', '=', id).execute();
  return row;
}

/** @returns false when it does not run. */
export async function stopSyncRow(tx: Tx, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_source_syncs')
    .set({ status: 'stopped', ended_at: now })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @throws Problem not_found */
export async function requireSync(
  read: Read,
  visible: string | null,
  id: string,
): Promise<SyncRow & { readonly application_id: string }> {
  let query = read
    .selectFrom('user_source_syncs as y')
    .innerJoin('user_sources as s', 's.id', 'y.source_id')
    .selectAll('y')
    .select('s.application_id')
    .where('y.id', '=', id);
  if (visible !== null) query = query.where('s.application_id', '=', visible);
  const row = await query.executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

/** One row more than the page holds, newest first: ids grow with time. */
export function selectSyncs(read: Read, sourceId: string, page: PageRequest): Promise<SyncRow[]> {
  const [before] = readCursor(page, 1) ?? [];
  let query = read
    .selectFrom('user_source_syncs')
    .selectAll()
    .where('source_id', '=', sourceId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

/** The newest sync of all users of each source. */
export function selectNewestSyncs(read: Read, sourceIds: readonly string[]): Promise<SyncRow[]> {
  return read
    .selectFrom('user_source_syncs as y')
    .selectAll('y')
    .where(
      'y.id',
      'in',
      read
        .selectFrom('user_source_syncs as n')
        .select((e) => e.fn.max('n.id').as('id'))
        .where('n.source_id', 'in', sourceIds)
        .where('n.username', 'is', null)
        .groupBy('n.source_id'),
    )
    .execute();
}

/** Whom the sync has met. */
export async function noteSeen(tx: Tx, syncId: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx
    .insertInto('user_source_seen')
    .values([...new Set(userIds)].map((user_id) => ({ sync_id: syncId, user_id })))
    .onConflict((c) => c.doNothing())
    .execute();
}

export interface GoneUser {
  readonly id: string;
  readonly username: string;
}

/** Enabled users of the source whom the sync has not met and nobody has seen there since it began. */
const gone = (read: Read, sync: Pick<SyncRow, 'id' | 'source_id' | 'started_at'>) =>
  read
    .selectFrom('user_source_users as l')
    .innerJoin('users as u', 'u.id', 'l.user_id')
    .where('l.source_id', '=', sync.source_id)
    .where('l.seen_at', '<', sync.started_at)
    .where('u.enabled', '=', 1)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('user_source_seen as n')
            .select('n.user_id')
            .where('n.sync_id', '=', sync.id)
            .whereRef('n.user_id', '=', 'l.user_id'),
        ),
      ),
    );

export const selectGone = (
  read: Read,
  sync: Pick<SyncRow, 'id' | 'source_id' | 'started_at'>,
  after: string,
  limit: number,
): Promise<GoneUser[]> =>
  gone(read, sync)
    .select(['u.id', 'u.username'])
    .where('l.user_id', '>', after)
    .orderBy('l.user_id')
    .limit(limit)
    .execute();

/** How many users would go, and how many of the source there are that are enabled. */
export async function countGone(
  read: Read,
  sync: Pick<SyncRow, 'id' | 'source_id' | 'started_at'>,
): Promise<{ readonly gone: number; readonly all: number }> {
  const counted = await gone(read, sync)
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const all = await read
    .selectFrom('user_source_users as l')
    .innerJoin('users as u', 'u.id', 'l.user_id')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('l.source_id', '=', sync.source_id)
    .where('u.enabled', '=', 1)
    .executeTakeFirstOrThrow();
  return { gone: Number(counted.count), all: Number(all.count) };
}

/** Sources whose sync is due. */
export const selectDue = (read: Read, now: number) =>
  read
    .selectFrom('user_sources')
    .selectAll()
    .where('next_sync_at', '<=', now)
    .where('enabled', '=', 1)
    .orderBy('next_sync_at')
    .limit(20)
    .execute();

/** Of several nodes one gets it. @returns whether it was this one */
export async function takeDue(
  tx: Tx,
  { id, next_sync_at: due }: { readonly id: string; readonly next_sync_at: number | null },
  next: number | null,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_sources')
    .set({ next_sync_at: next })
    .where('id', '=', id)
    .where('next_sync_at', '=', due)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
