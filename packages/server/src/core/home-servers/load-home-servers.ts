// Every home server with its shared secret opened, also those that no RADIUS client uses: for whoever asks each whether it is alive.
import type { Db } from '#db/db.ts';
import type { MessageAuthenticatorPolicy } from '#db/radius-tables.ts';
import type { Vault } from '#platform/vault.ts';
import { homeServerSecretPurpose } from './home-server.ts';

export interface OpenedHomeServer {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly secret: Uint8Array;
  readonly messageAuthenticator: MessageAuthenticatorPolicy;
  readonly timeoutMs: number;
  readonly tries: number;
  readonly deadSeconds: number;
}

/** By name. @throws VaultError when a secret was sealed with another master key. */
export async function loadHomeServers({
  db,
  vault,
}: {
  readonly db: Db;
  readonly vault: Vault;
}): Promise<readonly OpenedHomeServer[]> {
  const rows = await db.read.selectFrom('home_servers').selectAll().orderBy('name_key').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    address: row.address,
    port: row.port,
    secret: vault.open(homeServerSecretPurpose, row.id, row.shared_secret),
    messageAuthenticator: row.message_authenticator,
    timeoutMs: row.timeout_ms,
    tries: row.tries,
    deadSeconds: row.dead_seconds,
  }));
}
