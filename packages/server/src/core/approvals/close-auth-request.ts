// The one way from pending to an end. Whoever moves the row, and nobody else, writes the step, the audit event and what follows for
// the user; so each of them happens exactly once, however many try.
import type { AuditEventName } from '@countersign/contract/audit-events.ts';
import { refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { endedColumns } from '#core/audit/end-auth-request.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import type { Tx } from '#db/db.ts';
import { consequenceOf, type Ending, leftAloneUntil } from './challenge.ts';

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
      ...endedColumns(now, step),
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
  const consequence = consequenceOf({ status: ending.status, reason: moved.reason });
  const closed = { applicationId: moved.application_id, userId: moved.user_id };
  // The user's row before the end of the audit chain: everybody takes their locks in this order.
  if (moved.user_id !== null)
    await followUp(tx, deps, { consequence, actor, authRequestId, userId: moved.user_id });
  await recordAudit(tx, deps, {
    event: auditEventOf[ending.status],
    actor,
    applicationId: moved.application_id,
    subjectId: authRequestId,
    data: { reason: moved.reason, user_id: moved.user_id },
  });
  if (consequence === 'hold' && moved.user_id !== null)
    await holdOthers(tx, deps, closing, { ...closed, userId: moved.user_id });
  return closed;
}

interface FollowUp {
  readonly consequence: ReturnType<typeof consequenceOf>;
  readonly actor: Actor;
  readonly authRequestId: string;
  readonly userId: string;
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

/** Somebody else knows the password: whatever else is open for the user is not to be approved by a habitual tap. */
async function holdOthers(
  tx: Tx,
  deps: AuditDeps,
  closing: Closing,
  user: { userId: string; applicationId: string },
): Promise<void> {
  await recordAudit(tx, deps, {
    event: 'user.requests_held',
    actor: closing.actor,
    applicationId: user.applicationId,
    subjectId: user.userId,
    data: { auth_request_id: closing.authRequestId },
  });
  const open = await tx
    .selectFrom('auth_requests')
    .select('id')
    .where('user_id', '=', user.userId)
    .where('status', '=', 'pending')
    .orderBy('id')
    .execute();
  for (const { id } of open) {
    await closeAuthRequest(tx, deps, {
      authRequestId: id,
      ending: { status: 'denied', reason: 'requests_held' },
      actor: closing.actor,
      step: { code: 'refused', details: { sentence: refusalReasons.requests_held.sentence } },
    });
  }
}
