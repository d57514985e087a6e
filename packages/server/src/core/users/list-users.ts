// Lists users by user name, or those in whose names a text occurs.
import { isDisplayable } from '@countersign/contract/text.ts';
import type { User } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type Page, toPage } from '#db/page.ts';
import { Problem } from '#platform/problem.ts';
import { selectUsers, type UserQuery, withSurroundings } from './user-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem invalid_request */
export async function listUsers(
  deps: { readonly db: Db },
  visible: string | null,
  query: UserQuery,
): Promise<Page<User>> {
  // No name holds what cannot be shown, and PostgreSQL refuses NUL.
  if (query.search !== undefined && !isDisplayable(query.search))
    throw new Problem('invalid_request', undefined, [
      { field: 'search', message: 'must not contain control or bidirectional formatting characters' },
    ]);
  const rows = await selectUsers(deps.db, visible, query);
  const page = toPage(rows, query, (row) => [row.username_key, row.id]);
  return { items: await withSurroundings(deps.db.read, page.items), nextCursor: page.nextCursor };
}
