// SQL of the users that came from a user source.
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import { hasGuid } from '#core/users/user-store.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Read, Tx } from '#db/db.ts';
import type { DirectoryUser } from './directory.ts';
import type { UserSourceRow } from './user-source.ts';

export type SourceUser = UserRow & { readonly disabled_by_sync: 0 | 1 };
type Source = Pick<UserSourceRow, 'id' | 'application_id'>;

/** By an index of `users`: beginning with the source's, the database would read all of them, for every person of a sync. */
const usersOf = (read: Read, { id, application_id }: Source) =>
  read
    .selectFrom('users as u')
    .selectAll('u')
    .select((e) =>
      e
        .selectFrom('user_source_users as l')
        .select('l.disabled_by_sync')
        .whereRef('l.user_id', '=', 'u.id')
        .where('l.source_id', '=', id)
        .as('disabled_by_sync'),
    )
    .where('u.application_id', '=', application_id);

/** The user of the source that this person of the directory is: by the directory’s id, by name where it has none. */
export async function findUserOf(
  read: Read,
  source: Source,
  { guid, username }: Pick<DirectoryUser, 'guid' | 'username'>,
): Promise<SourceUser | undefined> {
  if (guid === '') return findUserNamed(read, source, username);
  const rows = await usersOf(read, source)
    .where('u.external_guid', '=', toDisplayable(guid, 128))
    .where(hasGuid)
    .execute();
  return rows.find(isOfSource);
}

export async function findUserNamed(
  read: Read,
  source: Source,
  username: string,
): Promise<SourceUser | undefined> {
  const rows = await usersOf(read, source)
    .where('u.username_key', '=', nameKey(toDisplayable(username, 255)))
    .execute();
  return rows.find(isOfSource);
}

type Row = UserRow & { readonly disabled_by_sync: 0 | 1 | null };
const isOfSource = (row: Row): row is SourceUser => row.disabled_by_sync !== null;

export async function markDisabled(tx: Tx, userId: string, disabled: 0 | 1): Promise<void> {
  await tx
    .updateTable('user_source_users')
    .set({ disabled_by_sync: disabled })
    .where('user_id', '=', userId)
    .execute();
}
