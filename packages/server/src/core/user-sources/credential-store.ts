// SQL of the credential cache: one password a user, hashed, of the source that the user came from.
import { nameKey } from '@countersign/contract/text.ts';
import { type Selectable, sql } from 'kysely';
import { usersLike } from '#core/users/users-like.ts';
import { lockUser } from '#core/users/user-store.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { UserSourceCredentialTable } from '#db/user-source-tables.ts';
import type { UserSourceRow } from './user-source.ts';

export type CredentialRow = Selectable<UserSourceCredentialTable>;
export type Credential = CredentialRow & { readonly username: string };
/** One entry as it was read: another password of the same user is another one. */
type Entry = Pick<CredentialRow, 'user_id' | 'password_hash'>;

const credentialsOf = (read: Read, { id, application_id }: UserSourceRow) =>
  read
    .selectFrom('user_source_credentials as c')
    .innerJoin('users as u', 'u.id', 'c.user_id')
    .innerJoin('user_source_users as l', 'l.user_id', 'c.user_id')
    .selectAll('c')
    .select('u.username')
    .where('c.source_id', '=', id)
    .where('l.source_id', '=', id)
    .where('u.application_id', '=', application_id);

/** What is kept of whoever typed the name, first as it was typed then, else as the user is called. */
export async function findCredential(
  read: Read,
  source: UserSourceRow,
  typed: string,
  keptWithin: { readonly from: number; readonly to: number },
): Promise<Credential | undefined> {
  const good = credentialsOf(read, source)
    .where('c.revision', '=', source.revision)
    .where('u.enabled', '=', 1)
    .where('u.password_hash', 'is', null)
    .where('c.kept_at', '>=', keptWithin.from)
    .where('c.kept_at', '<=', keptWithin.to);
  const key = nameKey(typed);
  return (
    (await good.where('c.name_key', '=', key).orderBy('c.kept_at', 'desc').executeTakeFirst()) ??
    (await good.where('u.username_key', '=', key).executeTakeFirst())
  );
}

/** Users of the source whom a refusal is about: by the name that was typed, or by the id that the source gave. */
export async function usersMeant(
  read: Read,
  source: UserSourceRow,
  { typed, guid }: { readonly typed: string; readonly guid: string },
): Promise<readonly string[]> {
  const key = nameKey(typed);
  const kept = await credentialsOf(read, source).where('c.name_key', '=', key).execute();
  const alike = await usersLike(read, source.application_id, { username_key: key, external_guid: guid });
  const ids = new Set([...kept.map(({ user_id }) => user_id), ...alike.map(({ id }) => id)]);
  if (ids.size === 0) return [];
  const ofSource = await read
    .selectFrom('user_source_users')
    .select('user_id')
    .where('source_id', '=', source.id)
    .where('user_id', 'in', [...ids])
    .execute();
  return ofSource.map(({ user_id: id }) => id);
}

export const selectCredentials = async (
  read: Read,
  source: UserSourceRow,
  userIds: readonly string[],
): Promise<readonly Credential[]> =>
  userIds.length === 0 ? [] : credentialsOf(read, source).where('c.user_id', 'in', userIds).execute();

/** What was accepted by a check that began before this is not kept any more. */
export async function markRefused(
  tx: Tx,
  { id }: UserSourceRow,
  userIds: readonly string[],
  at: number,
): Promise<void> {
  await tx
    .updateTable('user_source_users')
    .set({ refused_at: at })
    .where('user_id', 'in', userIds)
    .where('source_id', '=', id)
    .where('refused_at', '<', at)
    .execute();
}

/** @returns whether it was still there. */
export async function forgetCredential(tx: Tx, { user_id, password_hash }: Entry): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('user_source_credentials')
    .where('user_id', '=', user_id)
    .where('password_hash', '=', password_hash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function forgetCredentialsOf(tx: Tx, sourceId: string): Promise<void> {
  await tx.deleteFrom('user_source_credentials').where('source_id', '=', sourceId).execute();
}

/**
 * Keeps a password, unless something spoke against it since its check began: the source refused the person, the user was disabled,
 * given a password of its own or went over to another source, the settings changed. Where another check overlaps, nothing says which of the two passwords is the newer
 * one, so none is kept.
 */
export async function keepCredential(
  tx: Tx,
  dialect: Db['dialect'],
  row: CredentialRow,
  begunAt: number,
): Promise<void> {
  await lockUser(tx, dialect, row.user_id);
  // The row is written, so that a refusal that is being noted waits, or was there before.
  const unrefused = await tx
    .updateTable('user_source_users')
    .set((e) => ({ refused_at: e.ref('refused_at') }))
    .where('user_id', '=', row.user_id)
    .where('source_id', '=', row.source_id)
    .where('refused_at', '<', begunAt)
    .where((e) =>
      e.exists(
        e
          .selectFrom('users')
          .select('users.id')
          .whereRef('users.id', '=', 'user_source_users.user_id')
          .where('users.enabled', '=', 1)
          .where('users.password_hash', 'is', null),
      ),
    )
    .returning('user_id')
    .executeTakeFirst();
  if (!unrefused) return;
  const written = await tx
    .insertInto('user_source_credentials')
    .values(row)
    .onConflict((c) =>
      c.column('user_id').doUpdateSet(row).where('user_source_credentials.kept_at', '<', begunAt),
    )
    .returning('user_id')
    .executeTakeFirst();
  if (!written) await tx.deleteFrom('user_source_credentials').where('user_id', '=', row.user_id).execute();
}

/** Counted before it is looked at, so that however many try at once, no more are wrong than may be. @returns the count; undefined: no more. */
export async function takeCredentialTry(tx: Tx, entry: Entry, most: number): Promise<number | undefined> {
  const row = await tx
    .updateTable('user_source_credentials')
    .set({ wrong_tries: sql<number>`wrong_tries + 1` })
    .where('user_id', '=', entry.user_id)
    .where('password_hash', '=', entry.password_hash)
    .where('wrong_tries', '<', most)
    .returning('wrong_tries')
    .executeTakeFirst();
  return row?.wrong_tries;
}

/** One that was not wrong. @returns false when nothing is kept any more, or the user was disabled. */
export async function giveCredentialTryBack(tx: Tx, entry: Entry): Promise<boolean> {
  const row = await tx
    .updateTable('user_source_credentials')
    .set({ wrong_tries: sql<number>`wrong_tries - 1` })
    .where('user_id', '=', entry.user_id)
    .where('password_hash', '=', entry.password_hash)
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Sources of which something is kept. */
export const selectCachingSources = (read: Read): Promise<UserSourceRow[]> =>
  read
    .selectFrom('user_sources as s')
    .selectAll('s')
    .where((e) =>
      e.exists(
        e.selectFrom('user_source_credentials as c').select('c.user_id').whereRef('c.source_id', '=', 's.id'),
      ),
    )
    .execute();

export async function forgetCredentialsBefore(tx: Tx, sourceId: string, keptBefore: number): Promise<void> {
  await tx
    .deleteFrom('user_source_credentials')
    .where('source_id', '=', sourceId)
    .where('kept_at', '<', keptBefore)
    .execute();
}
