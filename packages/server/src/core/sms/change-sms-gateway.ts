// Changes an SMS gateway, or gives it a new password.
import {
  type SmsGateway,
  type SmsGatewayChanges,
  smsGatewaySettings,
} from '@countersign/contract/sms-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import { sealPassword, settingNames, type SmsGatewayRow, toSmsGateway, whereTo } from './sms-gateway.ts';
import { requireGateway, updateGateway } from './sms-gateway-store.ts';

/**
 * Fields that are absent stay; a change that changes nothing writes nothing.
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, invalid_request (a field of another kind; a password that would go elsewhere), name_taken.
 */
export async function changeSmsGateway(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  { password, ...changes }: SmsGatewayChanges,
): Promise<SmsGateway> {
  requireInstallationWide(visible);
  return deps.db
    .write(async (tx) => {
      const row = await requireGateway(tx, id);
      const before = toSmsGateway(row);
      refuseOtherKinds(before.kind, changes);
      const changed: string[] = changedFields(before as object, changes);
      if (password !== undefined) changed.push('password');
      if (changed.length === 0) return before;
      refuseMovedPassword(row, changed);
      const after = await updateGateway(tx, id, deps.clock.now(), {
        ...toColumns(row, before, changes),
        ...(password !== undefined && { password: sealPassword(deps.vault, id, password) }),
      });
      if (!after) throw new Problem('not_found');
      const data = changeOf(changed, before, changes);
      await recordAudit(tx, deps, { event: 'sms_gateway.changed', actor, subjectId: id, data });
      return toSmsGateway(after);
    })
    .catch(asNameTaken('name'));
}

function refuseOtherKinds(kind: SmsGateway['kind'], changes: object): void {
  const known = ['name', 'enabled', ...settingNames(kind)];
  const others = Object.keys(changes).filter((field) => !known.includes(field));
  if (others.length > 0)
    throw new Problem(
      'invalid_request',
      undefined,
      others.map((field) => ({ field, message: `is not for gateways of kind ${kind}` })),
    );
}

/** Who may change a gateway does not get to read its password by sending it to themselves. */
function refuseMovedPassword(row: SmsGatewayRow, changed: readonly string[]): void {
  const moved = changed.some((field) => whereTo.includes(field));
  if (row.password === null || !moved || changed.includes('password')) return;
  throw new Problem('invalid_request', undefined, [
    { field: 'password', message: 'must be given anew when the gateway is elsewhere' },
  ]);
}

function toColumns(
  row: SmsGatewayRow,
  before: SmsGateway,
  { name, enabled, ...settings }: Omit<SmsGatewayChanges, 'password'>,
): Partial<SmsGatewayRow> {
  // What one kind may have under a name, another may not.
  const parsed = smsGatewaySettings[row.kind].safeParse({ ...before, ...settings });
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
