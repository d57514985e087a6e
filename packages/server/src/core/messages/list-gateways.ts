// Lists gateways in their order, shows one, and puts them into another order.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { GatewayChannel } from './channel.ts';
import { toGateway } from './message-gateway.ts';
import { numberGateways, requireGateway, selectGateways } from './message-gateway-store.ts';

interface Listed<Gateway> {
  items: Gateway[];
}

const list = async <Gateway extends ShownGateway>(
  read: Read,
  channel: GatewayChannel<Gateway>,
): Promise<Listed<Gateway>> => ({
  items: (await selectGateways(read, channel.name)).map((row) => toGateway(channel, row)),
});

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function listGateways<Gateway extends ShownGateway>(
  { db }: { readonly db: Db },
  channel: GatewayChannel<Gateway>,
  visible: string | null,
): Promise<Listed<Gateway>> {
  requireInstallationWide(visible);
  return list(db.read, channel);
}

/** @throws Problem forbidden, not_found */
export async function getGateway<Gateway extends ShownGateway>(
  { db }: { readonly db: Db },
  channel: GatewayChannel<Gateway>,
  visible: string | null,
  id: string,
): Promise<Gateway> {
  requireInstallationWide(visible);
  return toGateway(channel, await requireGateway(db.read, channel.name, id));
}

/** @throws Problem forbidden, invalid_request (not each gateway once) */
export async function orderGateways<Gateway extends ShownGateway>(
  deps: AuditDeps & { readonly db: Db },
  channel: GatewayChannel<Gateway>,
  actor: Actor,
  visible: string | null,
  ids: readonly string[],
): Promise<Listed<Gateway>> {
  requireInstallationWide(visible);
  return deps.db.write(async (tx) => {
    const before = (await selectGateways(tx, channel.name)).map(({ id }) => id);
    if (new Set(ids).size !== ids.length || [...ids].sort().join() !== [...before].sort().join())
      throw new Problem('invalid_request', undefined, [
        { field: 'gateway_ids', message: 'must name every gateway once' },
      ]);
    if (ids.join() !== before.join()) {
      await numberGateways(tx, ids);
      const event = `${channel.name}_gateways.ordered` as const;
      await recordAudit(tx, deps, { event, actor, data: { order: ids } });
    }
    return list(tx, channel);
  });
}
