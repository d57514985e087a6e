// Writes a login down that is refused before anybody is asked.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { numberDigits } from '#core/approvals/challenge.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import { newDigits } from '#platform/random.ts';
import { actorOf, endedRow, insertEndedRow, insertPendingRow, pendingRow } from './auth-request-row.ts';
import type { Login } from './login.ts';
import type { OpenDeps, Opened } from './open-auth-request.ts';

export interface RefusedLogin {
  readonly login: Login;
  readonly userId: string | null;
  readonly trail: readonly StepEntry[];
  readonly reason: RefusalReasonCode;
}

/** @returns the auth request's id. @throws Unavailable */
export async function recordRefusal(
  deps: OpenDeps,
  { login, userId, trail, reason }: RefusedLogin,
): Promise<string> {
  const row = endedRow(deps, login, { userId, trail, status: 'denied', reason });
  await deps.journal.write([insertEndedRow(row)], {
    event: 'auth_request.denied',
    actor: actorOf(login),
    applicationId: login.applicationId,
    subjectId: row.id,
    data: { reason, user_id: userId, door: login.door.kind },
  });
  return row.id;
}

/**
 * A login that cannot be put to anybody, but must look like one that can: it stays pending until it expires.
 * @returns undefined when the same login is there already. @throws Unavailable
 */
export async function recordUnaskable(
  deps: OpenDeps,
  { login, userId, trail, reason, seconds }: RefusedLogin & { readonly seconds: number },
): Promise<Opened | undefined> {
  const row = pendingRow(deps, login, { userId, seconds, trail });
  if (!(await deps.journal.write([insertPendingRow({ ...row, reason })]))) return undefined;
  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  return { requestId: row.id, expiresAt: row.expires_at, number, state: null, joined: false };
}
