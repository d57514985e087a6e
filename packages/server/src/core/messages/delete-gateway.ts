// Deletes a gateway; the others stay in their order.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import type { GatewayChannel } from './channel.ts';
import { numberGateways, requireGateway, selectGateways } from './message-gateway-store.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found.
 */
export async function deleteGateway(
  deps: AuditDeps & { readonly db: Db },
  { name: channel }: Pick<GatewayChannel<ShownGateway>, 'name'>,
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  requireInstallationWide(visible);
  await deps.db.write(async (tx) => {
    const { name } = await requireGateway(tx, channel, id);
    await tx.deleteFrom('message_gateways').where('id', '=', id).execute();
    const rest = await selectGateways(tx, channel);
    await numberGateways(
      tx,
      rest.map((gateway) => gateway.id),
    );
    const event = `${channel}_gateway.deleted` as const;
    await recordAudit(tx, deps, { event, actor, subjectId: id, data: { name } });
  });
}
