// Creates a RADIUS client. Its shared secret is generated unless one is given, sealed, and told this once.
import type { NewRadiusClient, RadiusClient } from '@countersign/contract/radius-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { requireOwner } from '#db/owning-application.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { canonicalNetwork } from './network.ts';
import {
  newSharedSecret,
  type RadiusClientRow,
  radiusClientSecretPurpose,
  toRadiusClient,
} from './radius-client.ts';
import {
  asTaken,
  insertRadiusClient,
  refuseForeignNetwork,
  requireHomeServers,
  setHomeServers,
} from './radius-client-store.ts';

export type CreatedRadiusClient = RadiusClient & { readonly shared_secret: string };

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found (the application), invalid_request (network, home servers), name_taken, network_taken.
 */
export async function createRadiusClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { shared_secret = newSharedSecret(deps.random), home_server_ids, ...input }: NewRadiusClient,
): Promise<CreatedRadiusClient> {
  if (visible !== null && visible !== input.application_id) throw new Problem('not_found');
  requireHomeServers(input.relay, home_server_ids);
  const now = deps.clock.now();
  const id = newId(deps, 'rcl');
  const row: RadiusClientRow = {
    ...input,
    id,
    name_key: nameKey(input.name),
    network: canonicalNetwork(input.network),
    shared_secret: deps.vault.seal(radiusClientSecretPurpose, id, Buffer.from(shared_secret)),
    number_matching: input.number_matching ? 1 : 0,
    strip_realm: input.strip_realm ? 1 : 0,
    append_realm: input.append_realm,
    relay: input.relay ? 1 : 0,
    enabled: input.enabled ? 1 : 0,
    created_at: now,
    updated_at: now,
  };
  await deps.db
    .write(async (tx) => {
      await requireOwner(tx, row.application_id);
      await refuseForeignNetwork(tx, visible, row.network);
      await insertRadiusClient(tx, row);
      await setHomeServers(tx, id, home_server_ids);
      await recordAudit(tx, deps, {
        event: 'radius_client.created',
        actor,
        applicationId: row.application_id,
        subjectId: id,
        data: {
          name: row.name,
          network: row.network,
          message_authenticator: row.message_authenticator,
          relay: input.relay,
        },
      });
    })
    .catch(asTaken);
  return { ...toRadiusClient(row, home_server_ids), shared_secret };
}
