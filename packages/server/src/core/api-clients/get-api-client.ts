// Shows one API client, without its secret.
import type { ApiClient } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { toApiClient } from './api-client.ts';
import { requireApiClient } from './api-client-store.ts';

/** @param visible id of the only application whose clients the caller may see; null for all. @throws Problem not_found */
export async function getApiClient(
  deps: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<ApiClient> {
  return toApiClient(await requireApiClient(deps.db.read, visible, id));
}
