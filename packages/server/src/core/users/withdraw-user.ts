// What must end when a user may no longer log in: certificates of the user's devices and requests that still wait.
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { recordCancelled } from '#core/audit/record-cancelled.ts';
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

/**
 * Cancels what still waits for the user's approval. Before the user's row is touched, since closing a login locks in that order.
 * @returns how many auth requests.
 */
export async function cancelRequestsOfUser(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  userId: string,
): Promise<number> {
  const now = deps.clock.now();
  const cancelled = await tx
    .updateTable('auth_requests')
    .set((e) => ({
      status: 'cancelled' as const,
      reason: e.fn.coalesce('reason', e.val('cancelled' as const)),
      decided_at: now,
      updated_at: now,
    }))
    .where('user_id', '=', userId)
    .where('status', '=', 'pending')
    .returning(['id', 'application_id', 'user_id', 'reason'])
    .execute();
  await tx
    .updateTable('challenges')
    .set({ status: 'cancelled', decided_at: now })
    .where('user_id', '=', userId)
    .where('status', '=', 'pending')
    .execute();
  await recordCancelled(tx, deps, actor, cancelled);
  return cancelled.length;
}
