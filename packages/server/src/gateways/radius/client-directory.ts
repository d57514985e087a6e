// The RADIUS clients as the socket needs them: looked up by longest prefix without touching the database, and loaded anew when an
// administrator changed something, on this node or another.
import { type ClientTable, createClientTable } from '@countersign/radius';
import { loadRadiusClients, radiusConfigurationVersion } from '#core/radius-clients/load-radius-clients.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { Db } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';

const reloadMs = 1000;

export interface ClientDirectory {
  lookup(address: string): LoadedRadiusClient | undefined;
  readonly size: number;
  stop(): void;
}

/** @param failed is told when a reload failed; the clients known so far go on being served */
export async function openClientDirectory(deps: {
  db: Db;
  vault: Vault;
  failed: (error: unknown) => void;
}): Promise<ClientDirectory> {
  let version = '';
  let table: ClientTable<LoadedRadiusClient> = createClientTable([]);
  let size = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const load = async (): Promise<void> => {
    const current = await radiusConfigurationVersion(deps.db.read);
    if (current === version) return;
    const clients = await loadRadiusClients(deps);
    table = createClientTable(clients.map((client) => [client.network, client]));
    size = clients.length;
    version = current;
  };
  const reload = async (): Promise<void> => {
    await load().catch(deps.failed);
    if (!stopped) timer = setTimeout(reload, reloadMs);
  };

  await load();
  timer = setTimeout(reload, reloadMs);
  return {
    lookup: (address) => table.lookup(address),
    get size() {
      return size;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
