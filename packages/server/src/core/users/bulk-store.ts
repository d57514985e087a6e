// SQL of many users at once: what an import of a file writes.
import { CompiledQuery } from 'kysely';
import type { Db, Read, Tx } from '#db/db.ts';
import { inChunks, insertRows, placeholders } from '#db/insert-rows.ts';
import { forgetCachedPasswords } from './user-store.ts';
import { derivedColumns, type UserRow } from './user.ts';

/** Those of an application with these keys. */
export const selectUsersByKey = (
  read: Read,
  applicationId: string,
  keys: readonly string[],
): Promise<UserRow[]> =>
  read
    .selectFrom('users')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('username_key', 'in', keys)
    .execute();

export const insertUsers = (tx: Tx, dialect: Db['dialect'], rows: readonly UserRow[]): Promise<void> =>
  insertRows(tx, dialect, 'users', rows);

const changeable = ['full_name', 'email', 'phone', 'external_guid', 'password_hash'] as const;
type Derived = ReturnType<typeof derivedColumns>;
const derived = Object.keys(derivedColumns({ username: '', full_name: '', email: '' })) as (keyof Derived)[];
const texts = [...changeable, ...derived];
const numbers = ['enabled', 'updated_at'] as const;

/**
 * What changes of one user; null leaves a column alone, for somebody else may be changing it. The derived columns are always given, and
 * the device limit is left alone by -1, since null removes it.
 */
export type UserPatch = Pick<UserRow, 'id' | 'updated_at'> &
  Derived & {
    readonly [K in (typeof changeable)[number] | 'enabled' | 'device_limit']: UserRow[K] | null;
  };

/** Many rows in one statement each. PostgreSQL takes what it is not told the type of for text. */
export async function patchUsers(
  tx: Tx,
  dialect: Db['dialect'],
  patches: readonly UserPatch[],
): Promise<void> {
  const columns = ['id', ...texts, ...numbers, 'device_limit'] as const;
  const keep = [
    ...texts.map((column) => `${column} = coalesce(v.${column}, users.${column})`),
    ...numbers.map((column) => `${column} = coalesce(cast(v.${column} as bigint), users.${column})`),
    `device_limit = case when cast(v.device_limit as bigint) = -1 then users.device_limit else cast(v.device_limit as bigint) end`,
  ];
  for (const chunk of inChunks(patches, columns.length)) {
    const values = chunk.flatMap((patch) => columns.map((column) => patch[column]));
    const table = `v (${columns.join(', ')}) as (values ${placeholders(dialect, chunk.length, columns.length)})`;
    const text = `with ${table} update users set ${keep.join(', ')} from v where users.id = v.id`;
    await tx.executeQuery(CompiledQuery.raw(text, values));
    const forgotten = chunk.filter(({ enabled, password_hash: hash }) => enabled === 0 || hash !== null);
    if (forgotten.length > 0)
      await forgetCachedPasswords(
        tx,
        forgotten.map(({ id }) => id),
      );
  }
}

/** Which of the users have requests that wait for an answer. */
export async function selectAsked(tx: Tx, userIds: readonly string[]): Promise<readonly string[]> {
  if (userIds.length === 0) return [];
  const rows = await tx
    .selectFrom('auth_requests')
    .select('user_id')
    .distinct()
    .where('user_id', 'in', userIds)
    .where('status', '=', 'pending')
    .execute();
  return rows.flatMap(({ user_id: id }) => id ?? []);
}

/** Names of the teams of users, by user. */
export async function selectTeamsOf(
  read: Read,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('team_members')
    .innerJoin('teams', 'teams.id', 'team_members.team_id')
    .select(['team_members.user_id', 'teams.name_key'])
    .where('team_members.user_id', 'in', userIds)
    .execute();
  const teams = new Map<string, string[]>();
  for (const { user_id: user, name_key: key } of rows) {
    const known = teams.get(user);
    if (known) known.push(key);
    else teams.set(user, [key]);
  }
  return teams;
}
