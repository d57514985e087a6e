// Waits for the phone's answer. An approval counts once, for the session that asked.
import type { PhoneAnswer } from '@countersign/contract/administrator-models.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { findSession, type LiveSession } from '#core/administrators/find-session.ts';
import type { Visitor } from '#core/administrators/session.ts';
import { awaitOutcome } from '#core/authentication/await-outcome.ts';
import type { Tx } from '#db/db.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { PhoneDeps } from './ask-phone.ts';
import { prove, type Proved } from './prove.ts';
import { refuseSignIn } from './sign-in-deps.ts';

/** How long one call waits; the browser asks again. */
const waitMs = 20_000;
/** How long after its end an approval still counts: it says that somebody is there now. */
const collectMs = 30_000;

/** What somebody did; everything else ended by itself. */
const denials: ReadonlySet<RefusalReasonCode> = new Set([
  'denied_by_user',
  'reported_by_user',
  'wrong_number',
]);

export interface PhoneWait {
  readonly live: LiveSession;
  readonly requestId: string;
}

/** What the browser's session waits for. @throws Problem sign_in_refused when it has asked nothing */
export async function findPhoneWait(
  deps: PhoneDeps,
  visitor: Visitor,
  token: string | undefined,
): Promise<PhoneWait> {
  const live = await findSession(deps, token);
  const requestId = live?.row.phone_request_id ?? null;
  if (live && requestId !== null) return { live, requestId };
  return refuseSignIn(deps, {
    reason: 'phone_not_askable',
    visitor,
    administratorId: live?.administrator.id,
    cause: 'nothing_asked',
  });
}

interface Answered {
  readonly answer: PhoneAnswer;
  /** For the cookie; null when the browser keeps what it has. */
  readonly token: string | null;
}

/** @throws Problem sign_in_refused when the session ended meanwhile; Unavailable */
export async function awaitPhone(
  deps: PhoneDeps,
  visitor: Visitor,
  wait: PhoneWait,
  signal: StopSignal,
): Promise<Answered> {
  const { live, requestId } = wait;
  const outcome = await awaitOutcome(deps, requestId, { within: waitMs, signal });
  if (outcome?.kind === 'waiting') return unproved('pending');
  const isLate = deps.clock.now() > (live.row.phone_until ?? 0) + collectMs;
  if (outcome?.kind === 'accepted' && !isLate) {
    const proved = await collect(deps, visitor, wait);
    if (proved) return { answer: { status: 'approved', session: proved.session }, token: proved.token };
    return refuseSignIn(deps, { reason: 'session_ended', visitor, administratorId: live.administrator.id });
  }
  const isDenied = outcome?.kind === 'rejected' && denials.has(outcome.reason);
  return unproved(isDenied ? 'denied' : 'expired');
}

const unproved = (status: PhoneAnswer['status']): Answered => ({
  answer: { status, session: null },
  token: null,
});

function collect(
  deps: PhoneDeps,
  visitor: Visitor,
  { live, requestId }: PhoneWait,
): Promise<Proved | undefined> {
  return prove(deps, {
    administratorId: live.administrator.id,
    method: 'phone',
    visitor,
    former: live.row,
    use: (tx) => takeApproval(tx, live.row.id, requestId),
  });
}

/** @returns false when another call of the same session took it, or asked anew, or it was not the administrator's own phone that was asked. */
async function takeApproval(tx: Tx, sessionId: string, requestId: string): Promise<boolean> {
  const taken = await tx
    .updateTable('sessions')
    .set({ phone_request_id: null, phone_until: null })
    .where('id', '=', sessionId)
    .where('phone_request_id', '=', requestId)
    .where((e) =>
      e.exists(
        e
          .selectFrom('auth_requests as r')
          .innerJoin('administrators as a', 'a.phone_user_id', 'r.user_id')
          .select('r.id')
          .where('r.id', '=', requestId)
          .whereRef('a.id', '=', 'sessions.administrator_id'),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}
