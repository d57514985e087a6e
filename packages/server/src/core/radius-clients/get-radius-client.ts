// Shows one RADIUS client, without its shared secret.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { Db } from '#db/db.ts';
import { requireRadiusClient, showRadiusClient } from './radius-client-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getRadiusClient(
  deps: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<RadiusClient> {
  return showRadiusClient(deps.db.read, await requireRadiusClient(deps.db.read, visible, id));
}
