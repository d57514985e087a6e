// SQL of the users that came from a user source.
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import type { UserRow } from '#core/users/user.ts';
import { externalIdOf, hasExternalId } from '#core/users/users-like.ts';
import type { Read, Tx } from '#db/db.ts';
import type { DirectoryUser } from './directory.ts';
import type { UserSourceRow } from './user-source.ts';

export type SourceUser = UserRow & { readonly disabled_by_sync: 0 | 1 };
type Source = Pick<UserSourceRow, 'id' | 'application_id'>;

/** The user of the source that this person of the directory is: by the directory’s id, by name where it has none. */
export async function findUserOf(
  read: Read,
  source: Source,
  { guid, username }: Pick<DirectoryUser, 'guid' | 'username'>,
): Promise<SourceUser | undefined> {
  if (guid === '') return findUserNamed(read, source, username);
  const known = await read
    .selectFrom('users')
    .selectAll()
    .where('application_id', '=', source.application_id)
    .where('external_guid', '=', externalIdOf(guid))
    .where(hasExternalId)
    .execute();
  // Another source may call somebody else so.
  const users = await Promise.all(known.map((user) => linkedTo(read, source, user)));
  return users.find((user) => user !== undefined);
}

export async function findUserNamed(
  read: Read,
  source: Source,
  username: string,
): Promise<SourceUser | undefined> {
  const user = await read
    .selectFrom('users')
    .selectAll()
    .where('application_id', '=', source.application_id)
    .where('username_key', '=', nameKey(toDisplayable(username, 255)))
    .executeTakeFirst();
  return user && linkedTo(read, source, user);
}

/** Asked by itself: joined, SQLite would go through all users of the source. */
async function linkedTo(read: Read, { id }: Source, user: UserRow): Promise<SourceUser | undefined> {
  const link = await read
    .selectFrom('user_source_users')
    .select('disabled_by_sync')
    .where('user_id', '=', user.id)
    .where('source_id', '=', id)
    .executeTakeFirst();
  return link && { ...user, ...link };
}

/** The source that brought the user; undefined: none. */
export async function findSourceOf(read: Read, userId: string): Promise<string | undefined> {
  const link = await read
    .selectFrom('user_source_users')
    .select('source_id')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return link?.source_id;
}

export async function markDisabled(tx: Tx, userId: string, disabled: 0 | 1): Promise<void> {
  await tx
    .updateTable('user_source_users')
    .set({ disabled_by_sync: disabled })
    .where('user_id', '=', userId)
    .execute();
}

/** Users of a source that makes ids of its own and their names: with the source its ids are gone, and the users may be another one's. */
export async function forgetOwnIds(tx: Tx, sourceId: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ external_guid: '' })
    .where('id', 'in', (e) =>
      e.selectFrom('user_source_users').select('user_id').where('source_id', '=', sourceId),
    )
    .where('external_guid', 'like', `${sourceId}/%`)
    .execute();
}
