// Tells of logins that an administrator's change ended while they waited: for the activity view, and in the audit trail.
import { sql } from 'kysely';
import type { Tx } from '#db/db.ts';
import { type Actor, type AuditDeps, recordAudit } from './record-audit.ts';

export interface CancelledRequest {
  readonly id: string;
  readonly application_id: string;
  readonly user_id: string | null;
  readonly reason: string | null;
}

/** @param requests those that this transaction moved to `cancelled`, and no others. */
export async function recordCancelled(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  requests: readonly CancelledRequest[],
): Promise<void> {
  const details = JSON.stringify({ by: 'an administrator' });
  for (const { id, application_id, user_id, reason } of requests) {
    const position = sql<number>`(select coalesce(max(position), 0) + 1 from steps where auth_request_id = ${id})`;
    await tx
      .insertInto('steps')
      .values({ auth_request_id: id, position, at: deps.clock.now(), code: 'cancelled', details })
      .execute();
    await recordAudit(tx, deps, {
      event: 'auth_request.cancelled',
      actor,
      applicationId: application_id,
      subjectId: id,
      data: { reason, user_id },
    });
  }
}
