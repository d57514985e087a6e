// Lists home servers by name.
import type { HomeServer } from '@countersign/contract/radius-models.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import { toHomeServer } from './home-server.ts';
import { selectHomeServers } from './home-server-store.ts';

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function listHomeServers(
  deps: { readonly db: Db },
  visible: string | null,
  query: PageRequest,
): Promise<Page<HomeServer>> {
  requireInstallationWide(visible);
  const rows = await selectHomeServers(deps.db.read, query);
  const page = toPage(rows, query, (row) => [row.name_key, row.id]);
  return { items: page.items.map(toHomeServer), nextCursor: page.nextCursor };
}
