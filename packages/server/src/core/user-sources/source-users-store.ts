// SQL of the users that came from a user source.
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import type { UserRow } from '#core/users/user.ts';
import { hasExternalId } from '#core/users/users-like.ts';
import type { Read, Tx } from '#db/db.ts';
import type { DirectoryUser } from './directory.ts';
import type { UserSourceRow } from './user-source.ts';

export type SourceUser = UserRow & { readonly disabled_by_sync: 0 | 1 };
type Source = Pick<UserSourceRow, 'id' | 'application_id'>;

const usersOf = (read: Read, { id, application_id }: Source) =>
  read
    .selectFrom('users as u')
    .innerJoin('user_source_users as l', 'l.user_id', 'u.id')
    .selectAll('u')
    .select('l.disabled_by_sync')
    .where('l.source_id', '=', id)
    .where('u.application_id', '=', application_id);

/** The user of the source that this person of the directory is: by the directory’s id, by name where it has none. */
export function findUserOf(
  read: Read,
  source: Source,
  { guid, username }: Pick<DirectoryUser, 'guid' | 'username'>,
): Promise<SourceUser | undefined> {
  if (guid === '') return findUserNamed(read, source, username);
  return usersOf(read, source)
    .where('u.external_guid', '=', toDisplayable(guid, 128))
    .where(hasExternalId)
    .executeTakeFirst();
}

export const findUserNamed = (
  read: Read,
  source: Source,
  username: string,
): Promise<SourceUser | undefined> =>
  usersOf(read, source)
    .where('u.username_key', '=', nameKey(toDisplayable(username, 255)))
    .executeTakeFirst();

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
