// SQL of SCEP profiles, challenge passwords, requests and the registrar.
import type { Selectable, Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type {
  ScepChallengeTable,
  ScepProfileTable,
  ScepRegistrarTable,
  ScepRequestTable,
} from '#db/scep-tables.ts';
import type { ScepProfileRow, ScepRequestRow } from './scep.ts';

export const insertProfile = (tx: Tx, row: ScepProfileRow) =>
  tx.insertInto('scep_profiles').values(row).execute();

export const findProfile = (read: Read, id: string): Promise<ScepProfileRow | undefined> =>
  read.selectFrom('scep_profiles').selectAll().where('id', '=', id).executeTakeFirst();

/** One row more than the page holds, newest first: ids grow with time. */
export function selectProfiles(read: Read, query: PageRequest): Promise<ScepProfileRow[]> {
  const [before] = readCursor(query, 1) ?? [];
  let rows = read
    .selectFrom('scep_profiles')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) rows = rows.where('id', '<', before);
  return rows.execute();
}

export const removeProfile = (tx: Tx, id: string): Promise<ScepProfileRow | undefined> =>
  tx.deleteFrom('scep_profiles').where('id', '=', id).returningAll().executeTakeFirst();

export const insertChallenge = (tx: Tx, row: ScepChallengeTable) =>
  tx.insertInto('scep_challenges').values(row).execute();

/** For whom a password is used. */
export interface Claimed {
  readonly profileId: string;
  readonly hash: string;
  /** In lower case; null when only a password for anybody will do. */
  readonly name: string | null;
}

/** Uses a challenge password up. @returns false when it is unknown, used, past its time or for another name */
export async function takeChallenge(
  tx: Tx,
  { profileId, hash, name }: Claimed,
  now: number,
): Promise<boolean> {
  const rows = await tx
    .updateTable('scep_challenges')
    .set({ used_at: now })
    .where('challenge_hash', '=', hash)
    .where('profile_id', '=', profileId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where((e) =>
      e.or([e('common_name', 'is', null), ...(name === null ? [] : [e('common_name', '=', name)])]),
    )
    .returning('id')
    .execute();
  return rows.length === 1;
}

export const insertRequest = (tx: Tx, row: ScepRequestTable) =>
  tx.insertInto('scep_requests').values(row).execute();

export const findByTransaction = (
  read: Read,
  profileId: string,
  transactionId: string,
): Promise<ScepRequestRow | undefined> =>
  read
    .selectFrom('scep_requests')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('transaction_id', '=', transactionId)
    .executeTakeFirst();

export const findRequest = (read: Read, id: string): Promise<ScepRequestRow | undefined> =>
  read.selectFrom('scep_requests').selectAll().where('id', '=', id).executeTakeFirst();

export async function countPending(read: Read, profileId: string): Promise<number> {
  const { count } = await read
    .selectFrom('scep_requests')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('profile_id', '=', profileId)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * How many certificates hold that go back to one enrolment. Until the transaction ends, nobody else of the profile counts: two renewals at
 * once would both be the last.
 */
export async function countHolding(
  tx: Tx,
  profileId: string,
  enrolmentId: string,
  now: number,
): Promise<number> {
  await tx
    .updateTable('scep_profiles')
    .set((e) => ({ enabled: e.ref('enabled') }))
    .where('id', '=', profileId)
    .execute();
  const { count } = await tx
    .selectFrom('scep_requests as r')
    .innerJoin('certificates as c', 'c.serial', 'r.serial')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('r.enrolment_id', '=', enrolmentId)
    .where('c.revoked_at', 'is', null)
    .where('c.not_after', '>', now)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Decides what waits. @param openedAfter what is older has expired. @returns undefined when it does not wait */
export const decidePending = (
  tx: Tx,
  id: string,
  openedAfter: number,
  change: Updateable<ScepRequestTable>,
): Promise<ScepRequestRow | undefined> =>
  tx
    .updateTable('scep_requests')
    .set(change)
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('created_at', '>', openedAfter)
    .returningAll()
    .executeTakeFirst();

/** What waits no more. @returns ids, profiles and subjects */
export const expirePending = (tx: Tx, openedBefore: number, now: number) =>
  tx
    .updateTable('scep_requests')
    .set({ state: 'expired', decided_at: now })
    .where('state', '=', 'pending')
    .where('created_at', '<=', openedBefore)
    .returning(['id', 'profile_id', 'subject'])
    .execute();

/** Makes room for the same transaction once more. */
export const dropExpired = (tx: Tx, profileId: string, transactionId: string) =>
  tx
    .deleteFrom('scep_requests')
    .where('profile_id', '=', profileId)
    .where('transaction_id', '=', transactionId)
    .where('state', '=', 'expired')
    .execute();

/** After a while: what came to nothing, what ended in a certificate that is past its time, and passwords that nobody used. */
export async function forgetOld(tx: Tx, before: number): Promise<void> {
  await tx
    .deleteFrom('scep_requests')
    .where('state', 'in', ['refused', 'expired'])
    .where('decided_at', '<=', before)
    .execute();
  await tx.deleteFrom('scep_requests').where('valid_until', '<=', before).execute();
  await tx.deleteFrom('scep_challenges').where('expires_at', '<=', before).execute();
}

export const updateProfile = (
  tx: Tx,
  id: string,
  change: Updateable<ScepProfileTable>,
): Promise<ScepProfileRow | undefined> =>
  tx.updateTable('scep_profiles').set(change).where('id', '=', id).returningAll().executeTakeFirst();

export function selectRequests(
  read: Read,
  query: PageRequest & { readonly state?: ScepRequestRow['state'] | undefined },
): Promise<ScepRequestRow[]> {
  const [before] = readCursor(query, 1) ?? [];
  let rows = read
    .selectFrom('scep_requests')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (query.state !== undefined) rows = rows.where('state', '=', query.state);
  if (before !== undefined) rows = rows.where('id', '<', before);
  return rows.execute();
}

export const findRegistrar = (
  read: Read,
  authorityId: string,
): Promise<Selectable<ScepRegistrarTable> | undefined> =>
  read.selectFrom('scep_registrars').selectAll().where('authority_id', '=', authorityId).executeTakeFirst();

/** Puts a registrar where there is none or one that ends before `endsBefore`. @returns false when another node was first */
export async function putRegistrar(tx: Tx, row: ScepRegistrarTable, endsBefore: number): Promise<boolean> {
  await tx
    .deleteFrom('scep_registrars')
    .where('authority_id', '=', row.authority_id)
    .where('not_after', '<', endsBefore)
    .execute();
  const rows = await tx
    .insertInto('scep_registrars')
    .values(row)
    .onConflict((conflict) => conflict.column('authority_id').doNothing())
    .returning('serial')
    .execute();
  return rows.length === 1;
}
