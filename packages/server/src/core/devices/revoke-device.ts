// Removes a device: from this commit on it can neither call nor answer, and its certificates go on the revocation list.
// Challenges stay open, for the user's other devices.
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import {
  deletePushSubscription,
  findDevice,
  markCertificatesRevoked,
  markDeviceRevoked,
} from './device-store.ts';

const cessationOfOperation = 5; // CRLReason, RFC 5280 5.3.1

/** Removing one that is removed already does nothing. @throws Problem not_found */
export function revokeDevice(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  return deps.db.write((tx) => revokeDeviceWithin(tx, deps, actor, visible, id));
}

/** The same in a transaction that does more. @throws Problem not_found */
export async function revokeDeviceWithin(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  const row = await findDevice(tx, visible, id);
  if (!row) throw new Problem('not_found');
  const now = deps.clock.now();
  if (!(await markDeviceRevoked(tx, id, now))) return;
  await markCertificatesRevoked(tx, id, now, cessationOfOperation);
  await deletePushSubscription(tx, id);
  await recordAudit(tx, deps, {
    event: 'device.revoked',
    actor,
    applicationId: row.application_id,
    subjectId: id,
    data: { name: row.name, user_id: row.user_id, certificate_serial: row.certificate_serial },
  });
}
