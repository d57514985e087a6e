// Users of an application with a name or a source's id. Two questions, since one with an “or” makes SQLite go through all users.
import { type SqlBool, sql } from 'kysely';
import { toDisplayable } from '@countersign/contract/text.ts';
import type { Read } from '#db/db.ts';
import { hashToken } from '#platform/secret.ts';
import type { UserRow } from './user.ts';

/** Said as it stands in the index of these ids, which is not used otherwise. */
export const hasExternalId = sql<SqlBool>`external_guid <> ''`;

const longestExternalId = 128;

/** What a source calls a person, as it is kept. One that is too long is kept as its hash: cut, two people would be one. */
export function externalIdOf(guid: string): string {
  const shown = toDisplayable(guid, Number.POSITIVE_INFINITY);
  return shown.length <= longestExternalId ? shown : `sha256:${hashToken(shown)}`;
}

/** Each once, in the order of their ids. An empty id is nobody's. */
export async function usersLike(
  read: Read,
  applicationId: string,
  { username_key, external_guid }: Pick<UserRow, 'username_key' | 'external_guid'>,
): Promise<UserRow[]> {
  const all = read.selectFrom('users').selectAll().where('application_id', '=', applicationId);
  const named = await all.where('username_key', '=', username_key).execute();
  if (external_guid === '') return named;
  const known = await all.where('external_guid', '=', external_guid).where(hasExternalId).execute();
  const others = known.filter(({ id }) => named.every((each) => each.id !== id));
  return [...named, ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
}
