// Revokes one certificate. Where a device holds it now, the device goes with it: else it would be asked at each login and could never answer.
// Here because certificates and devices know nothing of each other.
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { revokeCertificateWithin } from '#core/certificates/administer-certificates.ts';
import { revokeDeviceWithin } from '#core/devices/revoke-device.ts';
import { type Grantor, scopesBeyond } from '#core/permissions/grantor.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

/**
 * @param visible null; a caller who is limited to one application revokes none
 * @param serial hexadecimal
 * @param grantor who removes devices by it must be allowed to
 * @throws Problem not_found: there is none, or it is revoked already; forbidden; in_use: it signs what is issued now; authority_key_away
 */
export async function revokeCertificate(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  serial: string,
  grantor: Grantor,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const device = visible === null ? await lockHolder(tx, serial) : undefined;
    await revokeCertificateWithin(tx, deps, actor, visible, serial);
    if (!device) return;
    if (scopesBeyond(grantor, ['devices']).length > 0)
      throw new Problem('forbidden', 'a device holds it, which only who may change devices removes');
    await revokeDeviceWithin(tx, deps, actor, visible, device.id);
  });
}

/** The device before its certificate, as a renewal takes them: neither waits for the other, and no other certificate takes its place. */
const lockHolder = (tx: Tx, serial: string) =>
  tx
    .updateTable('devices')
    .set({ certificate_serial: serial })
    .where('certificate_serial', '=', serial)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
