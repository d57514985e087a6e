// What a file would change of the users that are there: told before anything is written, and again when it is.
import { nameKey } from '@countersign/contract/text.ts';
import type { Read } from '#db/db.ts';
import { selectTeamsOf, selectUsersByKey } from '#core/users/bulk-store.ts';
import type { UserRow } from '#core/users/user.ts';
import type { FileUser, UserField } from './file-user.ts';

export interface Compared {
  readonly user: FileUser;
  readonly before: UserRow | undefined;
  /** Names of the fields that change; of a new user those that the file brings. */
  readonly changed: readonly UserField[];
}

/** One for each of the users, in the same order. */
export async function compareUsers(
  read: Read,
  applicationId: string,
  users: readonly FileUser[],
): Promise<readonly Compared[]> {
  const keys = users.map(({ key }) => key);
  const rows = keys.length === 0 ? [] : await selectUsersByKey(read, applicationId, keys);
  const known = new Map(rows.map((row) => [row.username_key, row]));
  const withTeams = users.flatMap(({ key, teams }) => (teams ? (known.get(key)?.id ?? []) : []));
  const teams = await selectTeamsOf(read, withTeams);
  return users.map((user) => {
    const before = known.get(user.key);
    return { user, before, changed: changesOf(user, before, before ? (teams.get(before.id) ?? []) : []) };
  });
}

export const kindOf = ({ before, changed }: Compared) =>
  before === undefined ? 'created' : changed.length > 0 ? 'updated' : 'unchanged';

/** Whether it leaves a user disabled who was not. */
export const disables = ({ user, before }: Compared): boolean =>
  user.enabled === false && before?.enabled !== 0;

const plain = ['full_name', 'email', 'phone', 'external_guid', 'device_limit'] as const;

function changesOf(user: FileUser, before: UserRow | undefined, teams: readonly string[]): UserField[] {
  const changed: UserField[] = plain.filter(
    (field) => user[field] !== undefined && user[field] !== before?.[field],
  );
  if (user.enabled !== undefined && (user.enabled ? 1 : 0) !== before?.enabled) changed.push('enabled');
  if (user.teams !== undefined && !sameTeams(user.teams, teams)) changed.push('teams');
  if (user.password !== undefined || user.password_hash !== undefined) changed.push('password');
  return changed;
}

function sameTeams(names: readonly string[], keys: readonly string[]): boolean {
  const wanted = new Set(names.map(nameKey));
  return wanted.size === keys.length && keys.every((key) => wanted.has(key));
}
