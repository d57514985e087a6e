// Deletes an SMS gateway; the others stay in their order.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { numberGateways, requireGateway, selectGateways } from './sms-gateway-store.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found.
 */
export async function deleteSmsGateway(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  requireInstallationWide(visible);
  await deps.db.write(async (tx) => {
    const { name } = await requireGateway(tx, id);
    await tx.deleteFrom('sms_gateways').where('id', '=', id).execute();
    const rest = await selectGateways(tx);
    await numberGateways(
      tx,
      rest.map((gateway) => gateway.id),
    );
    await recordAudit(tx, deps, { event: 'sms_gateway.deleted', actor, subjectId: id, data: { name } });
  });
}
