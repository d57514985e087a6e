// Shows one user, to whoever may see it.
import type { User } from '@countersign/contract/models.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { UserRow } from './user.ts';
import { selectUser, withSurroundings } from './user-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getUser(deps: { readonly db: Db }, visible: string | null, id: string): Promise<User> {
  return showUser(deps.db.read, await requireUser(deps.db.read, visible, id));
}

/** The row. @throws Problem not_found */
export async function requireUser(read: Read, visible: string | null, id: string): Promise<UserRow> {
  const row = await selectUser(read, visible, id);
  if (!row) throw new Problem('not_found');
  return row;
}

/** A row as the API shows it. */
export async function showUser(read: Read, row: UserRow): Promise<User> {
  const [user] = await withSurroundings(read, [row]);
  if (!user) throw new Error('one row went in and none came out');
  return user;
}
