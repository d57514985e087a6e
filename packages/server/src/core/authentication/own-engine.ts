// The engine of this process: what its own doors and database decide.
import type { Journal } from '#core/audit/journal.ts';
import { authenticate, continueLogin } from './authenticate.ts';
import type { LoginDeps } from './begin-login.ts';
import type { LoginEngine } from './login-engine.ts';
import { type LoginTime, timedJournal } from './login-time.ts';
import { relayLogin } from './relay-login.ts';

/**
 * The same but for the journal, inherited: two dozen fields copied for every login would lie in memory as long as it waits. Never spread what
 * this returns: a copy has the journal and nothing else.
 */
const withJournal = (logins: LoginDeps, journal: Journal): LoginDeps =>
  Object.assign(Object.create(logins) as LoginDeps, { journal });

/** The engine of this process, the time of each login told to whoever asks. */
export function engineOf(logins: LoginDeps): LoginEngine {
  const timed = (time: LoginTime | undefined): LoginDeps =>
    time === undefined ? logins : withJournal(logins, timedJournal(logins, time));
  return {
    authenticate: (login, on) => authenticate(timed(on.time), login, on),
    continueLogin: (login, on) => continueLogin(timed(on.time), login, on),
    relay: (relayed, signal) => relayLogin(logins, relayed, signal),
  };
}
