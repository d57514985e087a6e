// Deletes a RADIUS client; packets from its network are dropped once the doors have loaded anew.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { removeRadiusClient, requireRadiusClient } from './radius-client-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function deleteRadiusClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await requireRadiusClient(tx, visible, id);
    await removeRadiusClient(tx, id);
    await recordAudit(tx, deps, {
      event: 'radius_client.deleted',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name: row.name, network: row.network },
    });
  });
}
