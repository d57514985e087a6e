// Lists RADIUS clients by name.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import { selectRadiusClients, withHomeServers } from './radius-client-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem invalid_request */
export async function listRadiusClients(
  deps: { readonly db: Db },
  visible: string | null,
  query: PageRequest & { readonly application_id?: string | undefined },
): Promise<Page<RadiusClient>> {
  const rows = await selectRadiusClients(deps.db.read, visible, query);
  const page = toPage(rows, query, (row) => [row.name_key, row.id]);
  return { items: await withHomeServers(deps.db.read, page.items), nextCursor: page.nextCursor };
}
