// The cool-down of a new device: for a while it is asked nothing and cannot approve, so that whoever has the older ones can object first.
import type { Device } from '@countersign/contract/models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { toDevice } from './device.ts';
import { findDevice, markApproving } from './device-store.ts';

/** SQL over the table `devices` and the parameter `:now`. */
export const mayApprove = '(devices.approves_from is null or devices.approves_from <= :now)';

/** @param now epoch milliseconds */
export const isCooling = ({ approvesFrom }: { readonly approvesFrom: number | null }, now: number): boolean =>
  approvesFrom !== null && approvesFrom > now;

/** An administrator lets a new device approve at once; one that may already stays as it is. @throws Problem not_found */
export function endCoolDown(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<Device> {
  return deps.db.write(async (tx) => {
    const row = await findDevice(tx, visible, id);
    if (!row) throw new Problem('not_found');
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
