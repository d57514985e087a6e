// Lists applications by name.
import type { Application } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import { toApplication } from './application.ts';
import { selectApplications } from './application-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem invalid_request */
export async function listApplications(
  deps: { readonly db: Db },
  visible: string | null,
  query: PageRequest,
): Promise<Page<Application>> {
  const rows = await selectApplications(deps.db.read, visible, query);
  const page = toPage(rows, query, (row) => [row.name_key, row.id]);
  return { items: page.items.map(toApplication), nextCursor: page.nextCursor };
}
