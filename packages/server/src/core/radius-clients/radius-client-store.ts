// SQL of RADIUS clients and of the order in which their home servers are asked.
import { sql, type Updateable } from 'kysely';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { RadiusClientTable } from '#db/radius-tables.ts';
import { isStillReferred, isUniqueViolation } from '#db/unavailable.ts';
import { Problem } from '#platform/problem.ts';
import { overlap } from './network.ts';
import { type RadiusClientRow, toRadiusClient } from './radius-client.ts';

export async function insertRadiusClient(tx: Tx, row: RadiusClientRow): Promise<void> {
  await tx.insertInto('radius_clients').values(row).execute();
}

/** @throws Problem not_found, also for one that the caller may not see. */
export async function requireRadiusClient(
  read: Read,
  visible: string | null,
  id: string,
): Promise<RadiusClientRow> {
  let query = read.selectFrom('radius_clients').selectAll().where('id', '=', id);
  if (visible !== null) query = query.where('application_id', '=', visible);
  const row = await query.executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

/** One row more than the page holds, by name. */
export function selectRadiusClients(
  read: Read,
  visible: string | null,
  page: PageRequest & { readonly application_id?: string | undefined },
): Promise<RadiusClientRow[]> {
  const after = readCursor(page, 2);
  let query = read
    .selectFrom('radius_clients')
    .selectAll()
    .orderBy('name_key')
    .orderBy('id')
    .limit(page.limit + 1);
  if (visible !== null) query = query.where('application_id', '=', visible);
  if (page.application_id !== undefined) query = query.where('application_id', '=', page.application_id);
  if (after) {
    const [key = '', id = ''] = after;
    query = query.where((e) => e(e.refTuple('name_key', 'id'), '>', e.tuple(key, id)));
  }
  return query.execute();
}

/** `updated_at` always grows, also when the clock stands still or is set back: servers recognise a change by it. */
export function updateRadiusClient(
  tx: Tx,
  id: string,
  now: number,
  set: Updateable<RadiusClientTable>,
): Promise<RadiusClientRow | undefined> {
  const updated_at = sql<number>`case when updated_at < ${now} then ${now} else updated_at + 1 end`;
  return tx
    .updateTable('radius_clients')
    .set({ ...set, updated_at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function removeRadiusClient(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('radius_clients').where('id', '=', id).execute();
}

/** @throws Problem invalid_request for a relay without anybody to relay to. */
export function requireHomeServers(relay: boolean, homeServerIds: readonly string[]): void {
  if (relay && homeServerIds.length === 0) throw refuseHomeServers('a relay needs a home server');
}

/** @throws Problem invalid_request when one is named twice or does not exist. */
export async function setHomeServers(tx: Tx, id: string, homeServerIds: readonly string[]): Promise<void> {
  await tx.deleteFrom('radius_client_home_servers').where('radius_client_id', '=', id).execute();
  if (homeServerIds.length === 0) return;
  if (new Set(homeServerIds).size < homeServerIds.length) throw refuseHomeServers('names one twice');
  const known = await tx.selectFrom('home_servers').select('id').where('id', 'in', homeServerIds).execute();
  if (known.length < homeServerIds.length) throw refuseHomeServers('names one that does not exist');
  await tx
    .insertInto('radius_client_home_servers')
    .values(
      homeServerIds.map((home_server_id, position) => ({ radius_client_id: id, home_server_id, position })),
    )
    .execute();
}

const refuseHomeServers = (message: string): Problem =>
  new Problem('invalid_request', undefined, [{ field: 'home_server_ids', message }]);

/** Rows as the API shows them, with their home servers, in the same order. */
export async function withHomeServers(read: Read, rows: readonly RadiusClientRow[]): Promise<RadiusClient[]> {
  if (rows.length === 0) return [];
  const links = await read
    .selectFrom('radius_client_home_servers')
    .selectAll()
    .where(
      'radius_client_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('position')
    .execute();
  const byClient = Map.groupBy(links, ({ radius_client_id }) => radius_client_id);
  return rows.map((row) =>
    toRadiusClient(
      row,
      (byClient.get(row.id) ?? []).map(({ home_server_id }) => home_server_id),
    ),
  );
}

export async function showRadiusClient(read: Read, row: RadiusClientRow): Promise<RadiusClient> {
  const [client] = await withHomeServers(read, [row]);
  if (!client) throw new Error('one row went in and none came out');
  return client;
}

/**
 * The longest prefix wins, so a caller that is limited to one application could draw another's logins to itself.
 * @throws Problem network_taken when the network shares an address with one of another application.
 */
export async function refuseForeignNetwork(tx: Tx, visible: string | null, network: string): Promise<void> {
  if (visible === null) return;
  const foreign = await tx
    .selectFrom('radius_clients')
    .select('network')
    .where('application_id', '<>', visible)
    .execute();
  if (foreign.some((other) => overlap(other.network, network))) throw networkTaken();
}

const networkTaken = (): Problem =>
  new Problem('network_taken', undefined, [{ field: 'network', message: 'is taken' }]);

/** For `.catch` on a write: tells which of the unique things was taken, or what went away meanwhile. */
export function asTaken(error: unknown): never {
  if (isStillReferred(error))
    throw new Problem('not_found', 'the application or a home server was just deleted');
  if (!isUniqueViolation(error)) throw error;
  // Both databases name what was violated: `radius_clients.network`, `radius_clients_network_key`.
  if (error instanceof Error && error.message.includes('network')) throw networkTaken();
  throw new Problem('name_taken', undefined, [{ field: 'name', message: 'is taken' }]);
}
