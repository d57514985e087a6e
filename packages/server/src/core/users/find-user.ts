// Finds the user that a login names; the row itself, since logins need every part of it.
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import type { Read } from '#db/db.ts';
import type { UserRow } from './user.ts';

/** @param username as typed: letter case, Unicode form and outer white space do not count. */
export async function findUserByName(
  read: Read,
  applicationId: string,
  username: string,
): Promise<UserRow | undefined> {
  // No user can have such a name, and PostgreSQL refuses U+0000 in any text.
  if (!isDisplayable(username)) return undefined;
  return read
    .selectFrom('users')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('username_key', '=', nameKey(username))
    .executeTakeFirst();
}

export function findUser(read: Read, id: string): Promise<UserRow | undefined> {
  return read.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}
