// Shows administrators.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import type { Clock } from '#platform/clock.ts';
import { toAdministrator } from './administrator.ts';
import { requireAdministrator, selectAdministrators } from './administrator-store.ts';

interface ReadDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** @throws Problem not_found */
export const getAdministrator = async ({ db, clock }: ReadDeps, id: string): Promise<Administrator> =>
  toAdministrator(await requireAdministrator(db.read, id, clock.now()));

/** By user name. */
export async function listAdministrators(
  { db, clock }: ReadDeps,
  request: PageRequest,
): Promise<Page<Administrator>> {
  const page = toPage(await selectAdministrators(db.read, request, clock.now()), request, (row) => [
    row.username_key,
  ]);
  return { ...page, items: page.items.map(toAdministrator) };
}
