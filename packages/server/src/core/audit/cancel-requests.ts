// Ends logins that still wait when an administrator takes away what they are for: the user, or the whole application.
import type { Tx } from '#db/db.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { type Actor, type AuditDeps, recordAudit } from './record-audit.ts';
import { endedColumns } from './end-auth-request.ts';

/**
 * Cancels pending auth requests and their challenges. Before the rows of users are touched, since closing a login locks in that order.
 * @returns how many auth requests.
 */
export async function cancelRequests(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  which: {
    readonly column: 'user_id' | 'application_id';
    readonly id: string;
    /** Those of this door stay. */
    readonly but?: AuthRequestTable['door'];
  },
): Promise<number> {
  const now = deps.clock.now();
  const cancelled = await tx
    .updateTable('auth_requests')
    .set((e) => ({
      status: 'cancelled' as const,
      reason: e.fn.coalesce('reason', e.val('cancelled' as const)),
      ...endedColumns(now, { code: 'cancelled', details: { by: 'an administrator' } }),
    }))
    .where(which.column, '=', which.id)
    .where('status', '=', 'pending')
    .$if(which.but !== undefined, (all) => all.where('door', '<>', which.but ?? 'api'))
    .returning(['id', 'application_id', 'user_id', 'reason'])
    .execute();
  for (const request of cancelled)
    await tx
      .updateTable('challenges')
      .set({ status: 'cancelled', decided_at: now })
      .where('auth_request_id', '=', request.id)
      .where('status', '=', 'pending')
      .execute();
  await recordCancelled(tx, deps, actor, cancelled);
  return cancelled.length;
}

interface CancelledRequest {
  readonly id: string;
  readonly application_id: string;
  readonly user_id: string | null;
  readonly reason: string | null;
}

async function recordCancelled(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  requests: readonly CancelledRequest[],
): Promise<void> {
  for (const { id, application_id, user_id, reason } of requests) {
    await recordAudit(tx, deps, {
      event: 'auth_request.cancelled',
      actor,
      applicationId: application_id,
      subjectId: id,
      data: { reason, user_id },
    });
  }
}
