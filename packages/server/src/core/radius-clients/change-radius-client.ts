// Changes a RADIUS client, or gives it a new shared secret, which is not told again.
import type { RadiusClient, RadiusClientChanges } from '@countersign/contract/radius-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { canonicalNetwork } from './network.ts';
import { type RadiusClientRow, radiusClientSecretPurpose } from './radius-client.ts';
import {
  asTaken,
  refuseForeignNetwork,
  requireHomeServers,
  requireRadiusClient,
  setHomeServers,
  showRadiusClient,
  updateRadiusClient,
} from './radius-client-store.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, invalid_request (network, home servers), name_taken, network_taken.
 */
export async function changeRadiusClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  { shared_secret, ...given }: RadiusClientChanges,
): Promise<RadiusClient> {
  const changes =
    given.network === undefined ? given : { ...given, network: canonicalNetwork(given.network) };
  const sealed =
    shared_secret === undefined
      ? undefined
      : deps.vault.seal(radiusClientSecretPurpose, id, Buffer.from(shared_secret));
  return deps.db
    .write(async (tx) => {
      const before = await showRadiusClient(tx, await requireRadiusClient(tx, visible, id));
      requireHomeServers(changes.relay ?? before.relay, changes.home_server_ids ?? before.home_server_ids);
      const changed: string[] = changedFields(before, changes);
      if (sealed !== undefined) changed.push('shared_secret');
      if (changed.length === 0) return before;
      if (changed.includes('network') && changes.network !== undefined)
        await refuseForeignNetwork(tx, visible, changes.network);
      const set = { ...toColumns(changes), ...(sealed !== undefined && { shared_secret: sealed }) };
      const row = await updateRadiusClient(tx, id, deps.clock.now(), set);
      if (!row) throw new Problem('not_found');
      if (changes.home_server_ids) await setHomeServers(tx, id, changes.home_server_ids);
      await recordAudit(tx, deps, {
        event: 'radius_client.changed',
        actor,
        applicationId: row.application_id,
        subjectId: id,
        data: changeOf(changed, before, changes),
      });
      return showRadiusClient(tx, row);
    })
    .catch(asTaken);
}

const toColumns = (changes: Omit<RadiusClientChanges, 'shared_secret'>): Partial<RadiusClientRow> => ({
  ...(changes.name !== undefined && { name: changes.name, name_key: nameKey(changes.name) }),
  ...(changes.network !== undefined && { network: changes.network }),
  ...(changes.message_authenticator !== undefined && {
    message_authenticator: changes.message_authenticator,
  }),
  ...(changes.number_matching !== undefined && {
    number_matching: changes.number_matching ? (1 as const) : (0 as const),
  }),
  ...(changes.strip_realm !== undefined && {
    strip_realm: changes.strip_realm ? (1 as const) : (0 as const),
  }),
  ...(changes.append_realm !== undefined && { append_realm: changes.append_realm }),
  ...(changes.relay !== undefined && { relay: changes.relay ? (1 as const) : (0 as const) }),
  ...(changes.enabled !== undefined && { enabled: changes.enabled ? (1 as const) : (0 as const) }),
});
