// Lists API clients by name.
import type { ApiClient } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import { toApiClient } from './api-client.ts';
import { selectApiClients } from './api-client-store.ts';

/** @param visible id of the only application whose clients the caller may see; null for all. @throws Problem invalid_request */
export async function listApiClients(
  deps: { readonly db: Db },
  visible: string | null,
  query: PageRequest,
): Promise<Page<ApiClient>> {
  const rows = await selectApiClients(deps.db.read, visible, query);
  const page = toPage(rows, query, (row) => [row.name_key, row.id]);
  return { items: page.items.map(toApiClient), nextCursor: page.nextCursor };
}
