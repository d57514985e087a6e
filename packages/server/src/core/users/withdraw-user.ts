// What must end when a user may no longer log in: certificates of the user's devices and requests that still wait.
import type { Tx } from '#db/db.ts';

/** CRLReason cessationOfOperation (RFC 5280 5.3.1). */
const cessationOfOperation = 5;

/** @returns how many were revoked. */
export async function revokeCertificatesOfUser(tx: Tx, userId: string, now: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('certificates')
    .set({ revoked_at: now, revocation_reason: cessationOfOperation })
    .where('revoked_at', 'is', null)
    .where('device_id', 'in', tx.selectFrom('devices').select('id').where('user_id', '=', userId))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
