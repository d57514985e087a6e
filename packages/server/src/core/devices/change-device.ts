// Renames a device.
import type { Device } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { toDevice } from './device.ts';
import { findDevice, updateDeviceName } from './device-store.ts';

/** @throws Problem not_found */
export function changeDevice(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  { name }: { readonly name: string },
): Promise<Device> {
  return deps.db.write(async (tx) => {
    const row = await findDevice(tx, visible, id);
    if (!row) throw new Problem('not_found');
    if (row.name === name) return toDevice(row);
    await updateDeviceName(tx, id, name);
    await recordAudit(tx, deps, {
      event: 'device.changed',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name, name_before: row.name },
    });
    return toDevice({ ...row, name });
  });
}
