// The RADIUS clients as the socket needs them: looked up by longest prefix without touching the database, and loaded anew when an
// administrator changed something, on this node or another.
import { type ClientTable, createClientTable } from '@countersign/radius';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { repeat } from '#platform/repeat.ts';

const reloadMs = 1000;

export interface ClientDirectory {
  lookup(address: string): LoadedRadiusClient | undefined;
  stop(): Promise<void>;
}

export interface ClientSource {
  /** Changes whenever anything was changed. Cheap: it is asked every second. */
  version(): Promise<string>;
  load(): Promise<readonly LoadedRadiusClient[]>;
  /** Told when a reload failed; the clients known so far go on being served. */
  failed(error: unknown): void;
}

/** Clients that stay as they are. @throws RadiusError when two have the same network */
export function fixedClientDirectory(clients: readonly LoadedRadiusClient[]): ClientDirectory {
  const table = createClientTable(clients.map((client) => [client.network, client] as const));
  return { lookup: (address) => table.lookup(address), stop: async () => undefined };
}

export async function openClientDirectory(source: ClientSource): Promise<ClientDirectory> {
  let version = '';
  let table: ClientTable<LoadedRadiusClient> = createClientTable([]);

  const reload = async (): Promise<void> => {
    const current = await source.version();
    if (current === version) return;
    const clients = await source.load();
    table = createClientTable(clients.map((client) => [client.network, client]));
    version = current;
  };

  await reload();
  return { lookup: (address) => table.lookup(address), stop: repeat(reloadMs, reload, source.failed) };
}
