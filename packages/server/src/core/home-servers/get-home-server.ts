// Shows one home server, without its shared secret.
import type { HomeServer } from '@countersign/contract/radius-models.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { toHomeServer } from './home-server.ts';
import { requireHomeServer } from './home-server-store.ts';

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden, not_found */
export async function getHomeServer(
  deps: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<HomeServer> {
  requireInstallationWide(visible);
  return toHomeServer(await requireHomeServer(deps.db.read, id));
}
