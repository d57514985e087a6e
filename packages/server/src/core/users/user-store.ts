// SQL of users.
import type { Selectable, Updateable } from 'kysely';
import type { User } from '@countersign/contract/models.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import { searchKey } from '#db/search-key.ts';
import type { UserTable } from '#db/user-tables.ts';
import { toUser, type UserRow } from './user.ts';

export async function insertUser(tx: Tx, row: UserRow): Promise<void> {
  await tx.insertInto('users').values(row).execute();
}

/** Undefined also for a user whom the caller may not see. */
export function selectUser(read: Read, visible: string | null, id: string): Promise<UserRow | undefined> {
  let query = read.selectFrom('users').selectAll().where('id', '=', id);
  if (visible !== null) query = query.where('application_id', '=', visible);
  return query.executeTakeFirst();
}

export async function updateUser(
  tx: Tx,
  id: string,
  set: Omit<Updateable<UserTable>, 'search_key'>,
): Promise<UserRow | undefined> {
  const row = await tx.updateTable('users').set(set).where('id', '=', id).returningAll().executeTakeFirst();
  if (!row) return undefined;
  if (set.enabled === 0 || typeof set.password_hash === 'string') await forgetCachedPasswords(tx, [id]);
  // Of the row as it is now: somebody else may have changed the other names since it was read.
  const search_key = searchKey(row);
  if (search_key === row.search_key) return row;
  await tx.updateTable('users').set({ search_key }).where('id', '=', id).execute();
  return { ...row, search_key };
}

/** Whoever is disabled or judged here has no password that a user source once accepted, also when that ends. */
export async function forgetCachedPasswords(tx: Tx, userIds: readonly string[]): Promise<void> {
  await tx.deleteFrom('user_source_credentials').where('user_id', 'in', userIds).execute();
}

/**
 * Keeps new devices out until the transaction ends. PostgreSQL only: a row that refers to a locked one waits.
 * SQLite has one writer at a time.
 */
export async function lockUser(tx: Tx, dialect: Db['dialect'], id: string): Promise<void> {
  if (dialect === 'sqlite') return;
  await tx.selectFrom('users').select('id').where('id', '=', id).forUpdate().execute();
}

/** @returns whether there was one. */
export async function removeUser(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('users').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Rows as the API shows them, with teams and devices, in the same order. */
export async function withSurroundings(read: Read, rows: readonly Selectable<UserTable>[]): Promise<User[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const memberships = await read
    .selectFrom('team_members')
    .innerJoin('teams', 'teams.id', 'team_members.team_id')
    .select(['team_members.user_id', 'teams.name'])
    .where('team_members.user_id', 'in', ids)
    .orderBy('teams.name_key')
    .execute();
  const counts = await read
    .selectFrom('devices')
    .select((e) => ['user_id', e.fn.countAll<number>().as('devices')])
    .where('user_id', 'in', ids)
    .where('revoked_at', 'is', null)
    .groupBy('user_id')
    .execute();
  const teams = Map.groupBy(memberships, ({ user_id }) => user_id);
  const devices = new Map(counts.map((row) => [row.user_id, row.devices]));
  return rows.map((row) =>
    toUser(row, {
      teams: (teams.get(row.id) ?? []).map(({ name }) => name),
      deviceCount: devices.get(row.id) ?? 0,
    }),
  );
}
