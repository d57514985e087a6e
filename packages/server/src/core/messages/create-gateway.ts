// Creates a gateway, the last in order; its password is sealed at once and never shown.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { GatewayChannel } from './channel.ts';
import { type GatewayRow, sealPassword, toGateway } from './message-gateway.ts';
import { insertGateway, selectGateways } from './message-gateway-store.ts';

const most = 20;

/** As the contract checked it; everything else in it are settings of its kind. */
export interface NewGateway {
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly password?: string | undefined;
  readonly [setting: string]: unknown;
}

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, invalid_request (more than 20), name_taken.
 */
export async function createGateway<Gateway extends ShownGateway>(
  deps: AuditDeps & { readonly db: Db },
  channel: GatewayChannel<Gateway>,
  actor: Actor,
  visible: string | null,
  { name, kind, enabled, password, ...settings }: NewGateway,
): Promise<Gateway> {
  requireInstallationWide(visible);
  const now = deps.clock.now();
  const owner = { id: newId(deps, channel.gatewayId), channel: channel.name };
  return deps.db
    .write(async (tx) => {
      const others = await selectGateways(tx, channel.name);
      if (others.length >= most) throw new Problem('invalid_request', `there are ${most} gateways already`);
      const row: GatewayRow = {
        ...owner,
        name,
        name_key: nameKey(name),
        kind,
        position: (others.at(-1)?.position ?? 0) + 1,
        enabled: enabled ? 1 : 0,
        settings: JSON.stringify(settings),
        password: password === undefined ? null : sealPassword(deps.vault, owner, password),
        last_accepted_at: null,
        last_failed_at: null,
        last_failure: null,
        created_at: now,
        updated_at: now,
      };
      await insertGateway(tx, row);
      const data = { name, kind };
      const event = `${channel.name}_gateway.created` as const;
      await recordAudit(tx, deps, { event, actor, subjectId: row.id, data });
      return toGateway(channel, row);
    })
    .catch(asNameTaken('name'));
}
