// SQL of user sources.
import type { DeviceRecords, UserSource } from '@countersign/contract/user-source-models.ts';
import { sql, type Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { UserSourceTable } from '#db/user-source-tables.ts';
import { Problem } from '#platform/problem.ts';
import type { Silences } from './silences.ts';
import { selectNewestSyncs } from './sync-store.ts';
import { toSync } from './sync.ts';
import { deviceAttributeOf, toUserSource, type UserSourceRow } from './user-source.ts';

export async function insertUserSource(tx: Tx, row: UserSourceRow): Promise<void> {
  await tx.insertInto('user_sources').values(row).execute();
}

/** In the order in which they are asked. */
export const selectUserSources = (read: Read, applicationId: string): Promise<UserSourceRow[]> =>
  read
    .selectFrom('user_sources')
    .selectAll()
    .where('application_id', '=', applicationId)
    .orderBy('position')
    .orderBy('id')
    .execute();

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function requireUserSource(
  read: Read,
  visible: string | null,
  id: string,
): Promise<UserSourceRow> {
  let query = read.selectFrom('user_sources').selectAll().where('id', '=', id);
  if (visible !== null) query = query.where('application_id', '=', visible);
  const row = await query.executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

/** Only as it was read: what somebody else changed meanwhile is not overwritten. */
export function updateUserSource(
  tx: Tx,
  { id, revision }: Pick<UserSourceRow, 'id' | 'revision'>,
  set: Updateable<UserSourceTable>,
): Promise<UserSourceRow | undefined> {
  return tx
    .updateTable('user_sources')
    .set({ ...set, revision: sql<number>`revision + 1` })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .returningAll()
    .executeTakeFirst();
}

export async function movePosition(tx: Tx, id: string, position: number): Promise<void> {
  await tx.updateTable('user_sources').set({ position }).where('id', '=', id).execute();
}

/** @returns whether there was one. */
export async function removeUserSource(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('user_sources').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Rows as the API shows them, in the same order. @param silences of the process that asks them; undefined where none does */
export async function showUserSources(
  read: Read,
  rows: readonly UserSourceRow[],
  silences: Silences | undefined,
): Promise<UserSource[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const counted = await read
    .selectFrom('user_source_users')
    .select((e) => ['source_id', e.fn.countAll<number>().as('users')])
    .where('source_id', 'in', ids)
    .groupBy('source_id')
    .execute();
  const users = new Map(counted.map((row) => [row.source_id, Number(row.users)]));
  const syncs = await selectNewestSyncs(read, ids);
  const records = await countRecords(read, ids);
  return rows.map((row) => {
    const sync = syncs.find(({ source_id: id }) => id === row.id);
    return toUserSource(row, {
      users: users.get(row.id) ?? 0,
      lastSync: sync ? toSync(sync) : null,
      silence: row.enabled === 1 ? silences?.of(row) : undefined,
      deviceRecords: deviceAttributeOf(row) === '' ? null : (records.get(row.id) ?? noRecords),
    });
  });
}

const noRecords: DeviceRecords = { written: 0, failed: 0, failure: null };

/** By source; where none were written or tried, nothing. */
async function countRecords(read: Read, ids: readonly string[]): Promise<ReadonlyMap<string, DeviceRecords>> {
  const counted = await read
    .selectFrom('directory_records')
    .select((e) => [
      'source_id',
      e.fn.countAll<number>().filterWhere('written_at', '>', 0).as('written'),
      e.fn.count<number>('failure').as('failed'),
    ])
    .where('source_id', 'in', ids)
    .groupBy('source_id')
    .execute();
  const found = counted.map(async ({ source_id: id, written, failed }) => {
    const failure = Number(failed) === 0 ? null : await nextFailure(read, id);
    return [id, { written: Number(written), failed: Number(failed), failure }] as const;
  });
  return new Map(await Promise.all(found));
}

async function nextFailure(read: Read, sourceId: string): Promise<string | null> {
  const row = await read
    .selectFrom('directory_records')
    .select('failure')
    .where('source_id', '=', sourceId)
    .where('failure', 'is not', null)
    .orderBy('next_try_at')
    .limit(1)
    .executeTakeFirst();
  return row?.failure ?? null;
}

export async function showUserSource(
  read: Read,
  row: UserSourceRow,
  silences?: Silences,
): Promise<UserSource> {
  const [source] = await showUserSources(read, [row], silences);
  if (!source) throw new Error('one row went in and none came out');
  return source;
}
