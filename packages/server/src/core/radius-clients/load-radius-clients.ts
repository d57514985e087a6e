// Loads what the RADIUS door needs to know whom to speak with, secrets opened; and a cheap sign that it changed.
import { sql } from 'kysely';
import type { Db, Read } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import {
  type LoadedHomeServer,
  type LoadedRadiusClient,
  radiusClientSecretPurpose,
} from './radius-client.ts';

// Set by core/home-servers (same level, so not imported); a test seals there and opens here.
const homeServerSecretPurpose = 'home-server';

/**
 * Every enabled RADIUS client. A disabled application's are among them: its logins are to be refused, not left unanswered.
 * @throws VaultError when a secret was sealed with another master key; Unavailable when the database does not answer.
 */
export async function loadRadiusClients(deps: {
  readonly db: Db;
  readonly vault: Vault;
}): Promise<readonly LoadedRadiusClient[]> {
  // One statement, so that clients and home servers are of one moment.
  const rows = await selectAll(deps.db.read);
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((group) => {
    const [client] = group;
    if (!client) return [];
    return {
      id: client.id,
      name: client.name,
      applicationId: client.application_id,
      applicationEnabled: client.application_enabled === 1,
      authorises: client.authorisation === 'open',
      network: client.network,
      secret: deps.vault.open(radiusClientSecretPurpose, client.id, client.shared_secret),
      messageAuthenticator: client.message_authenticator,
      numberMatching: client.number_matching === 1,
      stripRealm: client.strip_realm === 1,
      appendRealm: client.append_realm,
      relay: client.relay === 1,
      homeServers: group.flatMap((row) => toHomeServer(deps.vault, row)),
    };
  });
}

const selectAll = (read: Read) =>
  read
    .selectFrom('radius_clients as c')
    .innerJoin('applications as a', 'a.id', 'c.application_id')
    .leftJoin('radius_client_home_servers as l', 'l.radius_client_id', 'c.id')
    .leftJoin('home_servers as h', 'h.id', 'l.home_server_id')
    .select(['a.enabled as application_enabled', 'a.authorisation'])
    .select(['c.id', 'c.name', 'c.application_id', 'c.network', 'c.shared_secret'])
    .select(['c.message_authenticator', 'c.number_matching', 'c.strip_realm', 'c.append_realm', 'c.relay'])
    .select(['h.id as h_id', 'h.name as h_name', 'h.address', 'h.port', 'h.shared_secret as h_secret'])
    .select(['h.message_authenticator as h_policy', 'h.timeout_ms', 'h.tries', 'h.dead_seconds'])
    .where('c.enabled', '=', 1)
    .orderBy('c.id')
    .orderBy('l.position')
    .execute();

type Row = Awaited<ReturnType<typeof selectAll>>[number];

function toHomeServer(vault: Vault, row: Row): LoadedHomeServer[] {
  const { h_id: id, h_name: name, h_secret: sealed, h_policy: messageAuthenticator, address, port } = row;
  const { timeout_ms: timeoutMs, tries, dead_seconds: deadSeconds } = row;
  if (id === null || name === null || sealed === null || messageAuthenticator === null) return [];
  if (address === null || port === null || timeoutMs === null || tries === null || deadSeconds === null)
    return [];
  const secret = vault.open(homeServerSecretPurpose, id, sealed);
  return [{ id, name, address, port, secret, messageAuthenticator, timeoutMs, tries, deadSeconds }];
}

/**
 * A text that is another one after anything that `loadRadiusClients` reads was changed, by this process or another.
 * Each change makes its row's time grow and each new row has the highest id, so count, sum and highest id together tell.
 */
export async function radiusConfigurationVersion(read: Read): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select (select count(*) || '.' || coalesce(cast(sum(updated_at) as text), '') || '.' || coalesce(max(id), '') from radius_clients)
      || '/' || (select count(*) || '.' || coalesce(cast(sum(updated_at) as text), '') || '.' || coalesce(max(id), '') from home_servers)
      || '/' || (select count(*) from radius_client_home_servers)
      || '/' || (select coalesce(cast(sum(updated_at) as text), '') from applications) as version`.execute(
    read,
  );
  const [row] = rows;
  if (!row) throw new Error('a select without a table gave no row');
  return row.version;
}
