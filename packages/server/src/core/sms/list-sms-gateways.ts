// Lists SMS gateways in their order, shows one, and puts them into another order.
import type { SmsGateway } from '@countersign/contract/sms-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { toSmsGateway } from './sms-gateway.ts';
import { numberGateways, requireGateway, selectGateways } from './sms-gateway-store.ts';

interface Listed {
  items: SmsGateway[];
}

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function listSmsGateways({ db }: { readonly db: Db }, visible: string | null): Promise<Listed> {
  requireInstallationWide(visible);
  return { items: (await selectGateways(db.read)).map(toSmsGateway) };
}

/** @throws Problem forbidden, not_found */
export async function getSmsGateway(
  { db }: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<SmsGateway> {
  requireInstallationWide(visible);
  return toSmsGateway(await requireGateway(db.read, id));
}

/** @throws Problem forbidden, invalid_request (not each gateway once) */
export async function orderSmsGateways(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  ids: readonly string[],
): Promise<Listed> {
  requireInstallationWide(visible);
  return deps.db.write(async (tx) => {
    const before = (await selectGateways(tx)).map(({ id }) => id);
    if (new Set(ids).size !== ids.length || [...ids].sort().join() !== [...before].sort().join())
      throw new Problem('invalid_request', undefined, [
        { field: 'gateway_ids', message: 'must name every gateway once' },
      ]);
    if (ids.join() !== before.join()) {
      await numberGateways(tx, ids);
      await recordAudit(tx, deps, { event: 'sms_gateways.ordered', actor, data: { order: ids } });
    }
    return { items: (await selectGateways(tx)).map(toSmsGateway) };
  });
}
