// The first step of signing in. Where there is a second factor the password makes half a session, good for nothing but to go on with.
import type { SignIn } from '@countersign/contract/administrator-models.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import { lockAdministrator } from '#core/administrators/administrator-store.ts';
import { findSession } from '#core/administrators/find-session.ts';
import {
  readSessionTimes,
  secondFactorsOf,
  type SessionTimes,
  toSession,
  type Visitor,
} from '#core/administrators/session.ts';
import { startSession, type StartedSession } from '#core/administrators/start-session.ts';
import type { Tx } from '#db/db.ts';
import { checkPassword } from './check-password.ts';
import { refuseSignIn, type SignInDeps } from './sign-in-deps.ts';

/** @param token of the session that the browser had, which ends. @returns a token for its cookie. @throws Problem sign_in_refused */
export async function signInByPassword(
  deps: SignInDeps,
  visitor: Visitor,
  token: string | undefined,
  given: { readonly username: string; readonly password: string },
): Promise<{ readonly answer: SignIn; readonly token: string }> {
  const checked = await checkPassword(deps, visitor, given);
  const times = await readSessionTimes(deps);
  const former = (await findSession(deps, token))?.row.id ?? null;
  const started = await deps.db.write((tx) => start(tx, deps, { checked, times, visitor, former }));
  if (started) return started;
  return refuseSignIn(deps, { reason: 'session_ended', visitor, administratorId: checked.id });
}

interface Checked {
  /** As the administrator was when the password was checked. */
  readonly checked: AdministratorFacts;
  readonly times: SessionTimes;
  readonly visitor: Visitor;
  readonly former: string | null;
}

/** @returns undefined when the password was changed, or the administrator disabled, while it was checked */
async function start(tx: Tx, deps: SignInDeps, { checked, times, visitor, former }: Checked) {
  const facts = await lockAdministrator(tx, checked.id, deps.clock.now()).catch(() => undefined);
  if (facts?.enabled !== 1 || facts.password_hash !== checked.password_hash) return undefined;
  const methods = [...secondFactorsOf(facts)];
  const isHalf = methods.length > 0;
  const started = await startSession(tx, deps, times, {
    administratorId: facts.id,
    strength: isHalf ? 'half' : 'password',
    method: isHalf ? null : 'password',
    visitor,
    replaces: former,
  });
  return { answer: answerOf(started, facts, times), token: started.token };
}

function answerOf({ row }: StartedSession, facts: AdministratorFacts, times: SessionTimes): SignIn {
  if (row.strength === 'half')
    return { status: 'second_factor', methods: [...secondFactorsOf(facts)], expires_at: row.expires_at };
  const signedIn = { ...facts, last_signed_in_at: row.created_at };
  return { status: 'signed_in', session: toSession(row, signedIn, times) };
}
