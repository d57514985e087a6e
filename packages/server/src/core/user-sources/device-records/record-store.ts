// SQL of what was written into directories, and of who is to be looked at.
import { sql } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { DirectoryRecordTable } from '#db/user-source-tables.ts';
import type { UserSourceRow } from '../user-source.ts';

/** Sources that are asked and have an attribute for records. */
export const selectRecordingSources = (read: Read): Promise<UserSourceRow[]> =>
  read
    .selectFrom('user_sources')
    .selectAll()
    .where('enabled', '=', 1)
    .where('kind', '!=', 'radius')
    // `settingsText` wrote it; most have none, and need not be read.
    .where('settings', 'like', '%"device_attribute":"_%')
    .where('settings', 'not like', '%"device_attribute":""%')
    .orderBy('id')
    .execute();

export interface UserOfSource {
  readonly user_id: string;
  readonly source_id: string;
}

/** Users of a source in the order of their ids. @param after '' for the first */
export const selectUsersOf = (
  read: Read,
  sourceId: string,
  after: string,
  limit: number,
): Promise<UserOfSource[]> =>
  read
    .selectFrom('user_source_users')
    .select(['user_id', 'source_id'])
    .where('source_id', '=', sourceId)
    .where('user_id', '>', after)
    .orderBy('user_id')
    .limit(limit)
    .execute();

/** Whose devices were bound after the one with this id, or removed at this time or later. */
export async function selectJustChanged(
  read: Read,
  sourceIds: readonly string[],
  { afterDevice, revokedFrom }: { readonly afterDevice: string; readonly revokedFrom: number },
  limit: number,
): Promise<UserOfSource[]> {
  const users = () =>
    read
      .selectFrom('devices as d')
      .innerJoin('user_source_users as l', 'l.user_id', 'd.user_id')
      .select(['l.user_id', 'l.source_id'])
      .where('l.source_id', 'in', sourceIds)
      .limit(limit);
  const bound = await users().where('d.id', '>', afterDevice).orderBy('d.id').execute();
  const removed = await users()
    .where('d.revoked_at', 'is not', null)
    .where('d.revoked_at', '>=', revokedFrom)
    .orderBy('d.revoked_at')
    .execute();
  return [...bound, ...removed];
}

export const newestDeviceId = async (read: Read): Promise<string> =>
  (await read.selectFrom('devices').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst())?.id ?? '';

/** Whose records could not be written and are to be tried again. */
export const selectRetries = (
  read: Read,
  sourceIds: readonly string[],
  now: number,
  limit: number,
): Promise<UserOfSource[]> =>
  read
    .selectFrom('directory_records')
    .select(['user_id', 'source_id'])
    .where('failure', 'is not', null)
    .where('next_try_at', '<=', now)
    .where('source_id', 'in', sourceIds)
    .orderBy('next_try_at')
    .limit(limit)
    .execute();

export async function selectWritten(
  read: Read,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, DirectoryRecordTable>> {
  if (userIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('directory_records')
    .selectAll()
    .where('user_id', 'in', userIds)
    .execute();
  return new Map(rows.map((row) => [row.user_id, row]));
}

/** No digest of records: they are being written. */
const beingWritten = 'being written';

/**
 * Of several nodes one writes. It has until then; after one that died the next one finds out what stands there.
 * @returns false: another one has it, or just had
 */
export async function claimUser(
  tx: Tx,
  { user_id, source_id }: UserOfSource,
  now: number,
  until: number,
): Promise<boolean> {
  const claim = { source_id, devices_digest: beingWritten, next_try_at: until };
  const made = await tx
    .insertInto('directory_records')
    .values({ user_id, ...claim, login_digest: '', written_at: 0, tries: 0, failure: null })
    .onConflict((c) => c.column('user_id').doNothing())
    .returning('user_id')
    .execute();
  if (made.length === 1) return true;
  const taken = await tx
    .updateTable('directory_records')
    .set(claim)
    .where('user_id', '=', user_id)
    .where('next_try_at', '<=', now)
    .returning('user_id')
    .execute();
  return taken.length === 1;
}

/** A sync that found meanwhile that they stand there otherwise has it written again all the same. */
export async function noteWritten(
  tx: Tx,
  userId: string,
  {
    devices_digest,
    ...written
  }: Pick<DirectoryRecordTable, 'devices_digest' | 'login_digest' | 'written_at' | 'next_try_at'>,
): Promise<void> {
  const row = tx.updateTable('directory_records').where('user_id', '=', userId);
  await row.set({ ...written, tries: 0, failure: null }).execute();
  await row.set({ devices_digest }).where('devices_digest', '=', beingWritten).execute();
}

export async function noteFailed(
  tx: Tx,
  userId: string,
  { failure, nextTryAt }: { readonly failure: string; readonly nextTryAt: number },
): Promise<void> {
  await tx
    .updateTable('directory_records')
    .set({ failure, next_try_at: nextTryAt, tries: sql<number>`tries + 1` })
    .where('user_id', '=', userId)
    .execute();
}

/** They stand in the directory otherwise than they should. */
export async function writeAgain(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('directory_records')
    .set({ devices_digest: '' })
    .where('user_id', '=', userId)
    .where('devices_digest', '!=', '')
    .execute();
}

/** It is another attribute or another directory now. */
export async function forgetRecordsOf(tx: Tx, sourceId: string): Promise<void> {
  await tx.deleteFrom('directory_records').where('source_id', '=', sourceId).execute();
}

/** When devices that are not known any more were removed here; of those that never were here nothing. */
export async function selectRemoved(
  read: Read,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (deviceIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('certificates as c')
    .select((e) => ['c.device_id', e.fn.max('c.revoked_at').as('at')])
    .where('c.device_id', 'in', deviceIds)
    .where('c.revoked_at', 'is not', null)
    .where((e) =>
      e.not(e.exists(e.selectFrom('devices as d').select('d.id').whereRef('d.id', '=', 'c.device_id'))),
    )
    .groupBy('c.device_id')
    .execute();
  return new Map(rows.map(({ device_id, at }) => [device_id, Number(at)]));
}
