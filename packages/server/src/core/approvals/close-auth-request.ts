// The one way from pending to an end. Whoever moves the row, and nobody else, writes the step, the audit event and what follows for
// the user; so each of them happens exactly once, however many try.
import type { AuditEventName } from '@countersign/contract/audit-events.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';
import { consequenceOf, type Ending, leftAloneUntil } from './challenge.ts';
import { appendSteps, type StepEntry } from './steps-store.ts';

export interface Closing {
  readonly authRequestId: string;
  readonly ending: Ending;
  readonly actor: Actor;
  readonly step: StepEntry;
  /** The device that answered: then it must not be revoked, and the time to answer must not be over. */
  readonly answeredBy?: string;
}

export interface Closed {
  readonly applicationId: string;
  readonly userId: string | null;
}

const auditEventOf = {
  approved: 'auth_request.approved',
  denied: 'auth_request.denied',
  expired: 'auth_request.expired',
  cancelled: 'auth_request.cancelled',
} as const satisfies Record<Ending['status'], AuditEventName>;

/**
 * Locks the auth request before its challenges, as everything that touches both must, lest two closings wait for each other.
 * @returns undefined when the auth request had already ended (or may not be ended by this answer); nothing was written then.
 */
export async function closeAuthRequest(
  tx: Tx,
  deps: AuditDeps,
  closing: Closing,
): Promise<Closed | undefined> {
  const now = deps.clock.now();
  const { authRequestId, ending, actor, step, answeredBy } = closing;
  let pending = tx
    .updateTable('auth_requests')
    .set((e) => ({
      status: ending.status,
      // A request that could not be put to anybody was given its reason when it was made, and keeps it.
      reason: e.fn.coalesce('reason', e.val(ending.reason)),
      decided_at: now,
      updated_at: now,
    }))
    .where('id', '=', authRequestId)
    .where('status', '=', 'pending');
  if (answeredBy !== undefined) {
    pending = pending
      .where('expires_at', '>', now)
      .where((e) =>
        e.exists(
          e.selectFrom('devices').select('id').where('id', '=', answeredBy).where('revoked_at', 'is', null),
        ),
      );
  }
  const moved = await pending.returning(['application_id', 'user_id', 'reason']).executeTakeFirst();
  if (!moved) return undefined;

  await tx
    .updateTable('challenges')
    .set({ status: ending.status, decided_at: now, device_id: answeredBy ?? null })
    .where('auth_request_id', '=', authRequestId)
    .where('status', '=', 'pending')
    .execute();
  await appendSteps(tx, authRequestId, now, [step]);
  const subject = { actor, applicationId: moved.application_id, subjectId: authRequestId };
  await recordAudit(tx, deps, {
    ...subject,
    event: auditEventOf[ending.status],
    data: { reason: moved.reason, user_id: moved.user_id },
  });
  const consequence = consequenceOf({ status: ending.status, reason: moved.reason });
  if (moved.user_id !== null)
    await followUp(tx, deps, {
      consequence,
      actor,
      authRequestId,
      userId: moved.user_id,
      applicationId: moved.application_id,
    });
  return { applicationId: moved.application_id, userId: moved.user_id };
}

interface FollowUp {
  readonly consequence: ReturnType<typeof consequenceOf>;
  readonly actor: Actor;
  readonly authRequestId: string;
  readonly userId: string;
  readonly applicationId: string;
}

async function followUp(tx: Tx, deps: AuditDeps, { consequence, ...closing }: FollowUp): Promise<void> {
  const now = deps.clock.now();
  const user = tx.updateTable('users').where('id', '=', closing.userId);
  switch (consequence) {
    case 'none':
      return;
    case 'forgive':
      await user.set({ unanswered_streak: 0, left_alone_until: null, last_authenticated_at: now }).execute();
      return;
    case 'hold':
      await user.set({ held_by_request_id: closing.authRequestId }).execute();
      await recordAudit(tx, deps, {
        event: 'user.requests_held',
        actor: closing.actor,
        applicationId: closing.applicationId,
        subjectId: closing.userId,
        data: { auth_request_id: closing.authRequestId },
      });
      return;
    case 'count': {
      const counted = await user
        .set((e) => ({ unanswered_streak: e('unanswered_streak', '+', 1) }))
        .returning('unanswered_streak')
        .executeTakeFirst();
      const until = leftAloneUntil(counted?.unanswered_streak ?? 0, now);
      if (until !== null) await user.set({ left_alone_until: until }).execute();
    }
  }
}
