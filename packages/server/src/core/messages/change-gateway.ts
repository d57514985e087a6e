// Changes a gateway, or gives it a new password.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import type { GatewayChannel } from './channel.ts';
import { type GatewayRow, sealPassword, toGateway } from './message-gateway.ts';
import { requireGateway, updateGateway } from './message-gateway-store.ts';

/** As the contract checked it; everything else in it are settings, of whichever kind. */
export interface GatewayChanges {
  readonly name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly password?: string | undefined;
  readonly [setting: string]: unknown;
}

/**
 * Fields that are absent stay; a change that changes nothing writes nothing.
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, invalid_request (a field of another kind; a password that would go elsewhere), name_taken.
 */
export async function changeGateway<Gateway extends ShownGateway>(
  deps: AuditDeps & { readonly db: Db },
  channel: GatewayChannel<Gateway>,
  actor: Actor,
  visible: string | null,
  id: string,
  { password, ...changes }: GatewayChanges,
): Promise<Gateway> {
  requireInstallationWide(visible);
  return deps.db
    .write(async (tx) => {
      const row = await requireGateway(tx, channel.name, id);
      const before = toGateway(channel, row);
      refuseOtherKinds(channel, row, changes);
      const changed: string[] = changedFields(before as object, changes);
      if (password !== undefined) changed.push('password');
      if (changed.length === 0) return before;
      refuseMovedPassword(channel, row, changed);
      const after = await updateGateway(tx, id, deps.clock.now(), {
        ...toColumns(channel, row, before, changes),
        ...(password !== undefined && { password: sealPassword(deps.vault, row, password) }),
      });
      if (!after) throw new Problem('not_found');
      const data = changeOf(changed, before, changes);
      const event = `${channel.name}_gateway.changed` as const;
      await recordAudit(tx, deps, { event, actor, subjectId: id, data });
      return toGateway(channel, after);
    })
    .catch(asNameTaken('name'));
}

type Channel = GatewayChannel<ShownGateway>;

/** @throws Error for a kind that this channel has not */
function schemaOf({ settings }: Pick<Channel, 'settings'>, { kind }: GatewayRow) {
  const schema = settings[kind];
  if (!schema) throw new Error(`no settings for gateways of kind ${kind}`);
  return schema;
}

function refuseOtherKinds(channel: Pick<Channel, 'settings'>, row: GatewayRow, changes: object): void {
  const known = ['name', 'enabled', ...Object.keys(schemaOf(channel, row).shape)];
  const others = Object.keys(changes).filter((field) => !known.includes(field));
  if (others.length > 0)
    throw new Problem(
      'invalid_request',
      undefined,
      others.map((field) => ({ field, message: `is not for gateways of kind ${row.kind}` })),
    );
}

/** Who may change a gateway does not get to read its password by sending it to themselves. */
function refuseMovedPassword(
  { whereTo }: Pick<Channel, 'whereTo'>,
  row: GatewayRow,
  changed: readonly string[],
): void {
  const moved = changed.some((field) => whereTo.includes(field));
  if (row.password === null || !moved || changed.includes('password')) return;
  throw new Problem('invalid_request', undefined, [
    { field: 'password', message: 'must be given anew when the gateway is elsewhere' },
  ]);
}

function toColumns(
  channel: Pick<Channel, 'settings'>,
  row: GatewayRow,
  before: ShownGateway,
  { name, enabled, ...settings }: GatewayChanges,
): Partial<GatewayRow> {
  // What one kind may have under a name, another may not.
  const parsed = schemaOf(channel, row).safeParse({ ...before, ...settings });
  if (!parsed.success)
    throw new Problem(
      'invalid_request',
      undefined,
      parsed.error.issues.map(({ path, message }) => ({ field: String(path[0]), message })),
    );
  return {
    ...(name !== undefined && { name, name_key: nameKey(name) }),
    enabled: enabled === undefined ? row.enabled : enabled ? 1 : 0,
    settings: JSON.stringify(parsed.data),
  };
}
