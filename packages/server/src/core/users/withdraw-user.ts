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

/** Cancels what still waits for the user's approval. @returns how many auth requests. */
export async function cancelRequestsOfUser(tx: Tx, userId: string, now: number): Promise<number> {
  const cancelled = await tx
    .updateTable('auth_requests')
    .set({ status: 'cancelled', reason: 'cancelled', decided_at: now, updated_at: now })
    .where('user_id', '=', userId)
    .where('status', '=', 'pending')
    .returning('id')
    .execute();
  await tx
    .updateTable('challenges')
    .set({ status: 'cancelled', decided_at: now })
    .where('user_id', '=', userId)
    .where('status', '=', 'pending')
    .execute();
  const details = JSON.stringify({ by: 'an administrator' });
  for (const request of cancelled) {
    await tx
      .insertInto('steps')
      .values((e) => ({
        auth_request_id: request.id,
        position: e
          .selectFrom('steps')
          .select((s) => s.fn.coalesce(s(s.fn.max('position'), '+', 1), s.lit(0)).as('next'))
          .where('auth_request_id', '=', request.id),
        at: now,
        code: 'cancelled' as const,
        details,
      }))
      .execute();
  }
  return cancelled.length;
}
