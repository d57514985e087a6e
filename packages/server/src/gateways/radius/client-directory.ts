// The RADIUS clients as the socket needs them: looked up by longest prefix without touching the database, and loaded anew when an
// administrator changed something, on this node or another.
import { type ClientTable, createClientTable, parseNetwork } from '@countersign/radius';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { repeat } from '#platform/repeat.ts';

const reloadMs = 1000;

export interface ClientDirectory {
  lookup(address: string): LoadedRadiusClient | undefined;
  /** An address whose packets are taken for this client's; undefined when there is none. */
  addressOf(id: string): string | undefined;
  /** Looks at once whether anything was changed. @throws Unavailable */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClientSource {
  /** Changes whenever anything was changed. Cheap: it is asked every second. */
  version(): Promise<string>;
  load(): Promise<readonly LoadedRadiusClient[]>;
  /** Told when a reload failed; the clients known so far go on being served. */
  failed(error: unknown): void;
}

const tableOf = (clients: readonly LoadedRadiusClient[]): ClientTable<LoadedRadiusClient> =>
  createClientTable(clients.map((client) => [client.network, client] as const));

/** Clients that stay as they are. @throws RadiusError when two have the same network */
export function fixedClientDirectory(clients: readonly LoadedRadiusClient[]): ClientDirectory {
  const table = tableOf(clients);
  return {
    lookup: (address) => table.lookup(address),
    addressOf: (id) => addressOf(id, clients, table),
    refresh: async () => undefined,
    stop: async () => undefined,
  };
}

export async function openClientDirectory(source: ClientSource): Promise<ClientDirectory> {
  let version = '';
  let clients: readonly LoadedRadiusClient[] = [];
  let table = tableOf(clients);

  const reload = async (): Promise<void> => {
    const current = await source.version();
    if (current === version) return;
    clients = await source.load();
    table = tableOf(clients);
    version = current;
  };

  await reload();
  return {
    lookup: (address) => table.lookup(address),
    addressOf: (id) => addressOf(id, clients, table),
    refresh: reload,
    stop: repeat(reloadMs, reload, source.failed),
  };
}

/** Of a client's network, those addresses that are looked at: another client may have the first few of them. */
const maxCandidates = 256;

function addressOf(
  id: string,
  clients: readonly LoadedRadiusClient[],
  table: ClientTable<LoadedRadiusClient>,
): string | undefined {
  const client = clients.find((each) => each.id === id);
  if (!client) return undefined;
  const { octets, prefixLength } = parseNetwork(client.network);
  const count = Math.min(maxCandidates, 2 ** (octets.length * 8 - prefixLength));
  // A network of so many addresses begins where they end in zeros: only the last octet differs.
  for (let last = 0; last < count; last++) {
    const address = addressText([...octets.slice(0, -1), (octets.at(-1) ?? 0) + last]);
    if (table.lookup(address)?.id === id) return address;
  }
  return undefined;
}

function addressText(octets: readonly number[]): string {
  if (octets.length === 4) return octets.join('.');
  const groups = octets.flatMap((octet, at) => (at % 2 === 0 ? [(octet << 8) | (octets[at + 1] ?? 0)] : []));
  return groups.map((group) => group.toString(16)).join(':');
}
