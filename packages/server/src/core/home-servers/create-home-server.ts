// Creates a home server; its shared secret is sealed at once and never shown.
import type { HomeServer, NewHomeServer } from '@countersign/contract/radius-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import {
  canonicalAddress,
  type HomeServerRow,
  homeServerSecretPurpose,
  toHomeServer,
} from './home-server.ts';
import { insertHomeServer } from './home-server-store.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, invalid_request (the address), name_taken.
 */
export async function createHomeServer(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { shared_secret, ...input }: NewHomeServer,
): Promise<HomeServer> {
  requireInstallationWide(visible);
  const now = deps.clock.now();
  const id = newId(deps, 'hsv');
  const row: HomeServerRow = {
    ...input,
    id,
    name_key: nameKey(input.name),
    address: canonicalAddress(input.address),
    shared_secret: deps.vault.seal(homeServerSecretPurpose, id, Buffer.from(shared_secret)),
    created_at: now,
    updated_at: now,
  };
  await deps.db
    .write(async (tx) => {
      await insertHomeServer(tx, row);
      const data = { name: row.name, address: row.address, message_authenticator: row.message_authenticator };
      await recordAudit(tx, deps, { event: 'home_server.created', actor, subjectId: id, data });
    })
    .catch(asNameTaken('name'));
  return toHomeServer(row);
}
