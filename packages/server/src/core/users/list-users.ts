// Lists users in a chosen order, filtered, or those in whose names a text occurs.
import { isDisplayable } from '@countersign/contract/text.ts';
import type { User } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type Page, toPage } from '#db/page.ts';
import { Problem } from '#platform/problem.ts';
import { countUsers, cursorOf, selectUsers, type UserQuery } from './user-list-store.ts';
import { withSurroundings } from './user-store.ts';

export interface CountedPage<T> extends Page<T> {
  /** How many there are in all; null from the second page on. */
  readonly total: number | null;
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem invalid_request */
export async function listUsers(
  deps: { readonly db: Db },
  visible: string | null,
  query: UserQuery,
): Promise<CountedPage<User>> {
  // No name holds what cannot be shown, and PostgreSQL refuses NUL.
  if (query.search !== undefined && !isDisplayable(query.search))
    throw new Problem('invalid_request', undefined, [
      { field: 'search', message: 'must not contain control or bidirectional formatting characters' },
    ]);
  const page = toPage(await selectUsers(deps.db, visible, query), query, (row) => cursorOf(query, row));
  const items = await withSurroundings(deps.db.read, page.items);
  const total = await countAll(deps.db, visible, query, page);
  return { items, nextCursor: page.nextCursor, total };
}

async function countAll(
  db: Db,
  visible: string | null,
  query: UserQuery,
  { items, nextCursor }: Page<unknown>,
): Promise<number | null> {
  if (query.cursor !== undefined) return null;
  return nextCursor === null ? items.length : countUsers(db, visible, query);
}
