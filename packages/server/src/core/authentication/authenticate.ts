// The whole login as a door sees it: begin or go on, then wait for the outcome.
import { Unavailable } from '#platform/problem.ts';
import { startAttempt } from './attempt.ts';
import { type AwaitedOutcome, whenEnded } from './await-outcome.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import { takeState } from './conversation-state.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import type { Login } from './login.ts';
import type { Running, ToldLater } from './login-engine.ts';
import { withTime } from './login-time.ts';
import type { NotAvailable, Outcome } from './outcome.ts';

/** Longer than any request can be answered; the request's own expiry ends the wait. */
const longestWaitMs = 700_000;

/** Runs a login to its end. Never throws for what an attacker can cause; a broken dependency is an outcome. */
export async function authenticate(
  deps: LoginDeps,
  login: Login,
  on: { readonly firstFactor: FirstFactorCheck } & Running,
): Promise<Outcome | ToldLater> {
  try {
    const begun = await beginLogin(withTime(deps, on.time), login, on);
    if (begun.kind !== 'asked') return begun;
    const { requestId, number, state, doorData } = begun;
    if (number === null || state === null) return await waitForEnd(deps, { requestId, doorData }, on);
    return { kind: 'show_number', requestId, number, state };
  } catch (error) {
    return failClosed(error);
  }
}

/** Goes on with a login whose number was shown. */
export async function continueLogin(
  deps: LoginDeps,
  login: Login,
  on: { readonly state: Uint8Array } & Running,
): Promise<Outcome | ToldLater> {
  try {
    const timed = withTime(deps, on.time);
    const requestId = await takeState(timed, on.state, { doorId: login.door.id, username: login.username });
    if (requestId !== undefined) return await waitForEnd(deps, { requestId }, on);
    const refused = await startAttempt(timed, login).refuse('challenge_unknown');
    return refused.kind === 'rejected'
      ? refused
      : { kind: 'rejected', requestId: refused.requestId, reason: 'challenge_unknown' };
  } catch (error) {
    return failClosed(error);
  }
}

interface AskedLogin {
  readonly requestId: string;
  /** Of this very login; what the row keeps when absent. */
  readonly doorData?: Uint8Array | null;
}

function waitForEnd(
  deps: LoginDeps,
  asked: AskedLogin,
  { signal, time, later }: Running,
): Promise<Outcome> | ToldLater {
  if (!later)
    return new Promise((ended, failed) => tellEnd(deps, asked, { signal, time, later: { ended, failed } }));
  tellEnd(deps, asked, { signal, time, later });
  return { kind: 'told_later' };
}

interface Told extends Running {
  readonly later: { ended(outcome: Outcome): void; failed(error: unknown): void };
}

function tellEnd(deps: LoginDeps, { requestId, doorData }: AskedLogin, { signal, time, later }: Told): void {
  const since = deps.clock.monotonic();
  const ended = (outcome: AwaitedOutcome): void => {
    time?.waited(deps.clock.monotonic() - since);
    later.ended(outcome ?? { kind: 'rejected', requestId, reason: 'cancelled' });
  };
  const failed = (error: unknown): void =>
    error instanceof Unavailable ? later.ended(unavailable(error)) : later.failed(error);
  // A copy: the buffer that it lies in is shared with much that nobody waits for.
  const own = doorData?.slice() ?? doorData;
  whenEnded(deps, { requestId, within: longestWaitMs, signal, doorData: own, ended, failed });
}

const unavailable = ({ dependency }: Unavailable): NotAvailable => ({ kind: 'unavailable', dependency });

function failClosed(error: unknown): NotAvailable {
  if (error instanceof Unavailable) return unavailable(error);
  throw error;
}
