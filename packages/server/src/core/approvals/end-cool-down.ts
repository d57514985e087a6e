// Ends the cool-down of a new device: an administrator lets it approve at once.
import type { Device } from '@countersign/contract/models.ts';
import { refusePhoneOfOther } from '#core/administrators/phone-users.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { toDevice } from '#core/devices/device.ts';
import { findDevice, markApproving } from '#core/devices/device-store.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

/** One that may approve already stays as it is. @throws Problem not_found, forbidden (the phone signs another administrator in) */
export function endCoolDown(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  grantor: Grantor,
): Promise<Device> {
  return deps.db.write(async (tx) => {
    const row = await findDevice(tx, visible, id);
    if (!row) throw new Problem('not_found');
    await refusePhoneOfOther(tx, actor, grantor, row.user_id);
    const now = deps.clock.now();
    if (!(await markApproving(tx, id, now))) return toDevice(row);
    await recordAudit(tx, deps, {
      event: 'device.changed',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name: row.name, approves_from: now, approves_from_before: row.approves_from },
    });
    return toDevice({ ...row, approves_from: now });
  });
}
