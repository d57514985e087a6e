// The whole login as a door sees it: begin or go on, then wait for the outcome.
import type { StopSignal } from '#platform/stop-signal.ts';
import { startAttempt } from './attempt.ts';
import { awaitOutcome } from './await-outcome.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import { takeState } from './conversation-state.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import type { Login } from './login.ts';
import type { Running } from './login-engine.ts';
import type { LoginTime } from './login-time.ts';
import type { Outcome } from './outcome.ts';
import { Unavailable } from '#platform/problem.ts';

/** Longer than any request can be answered; the request's own expiry ends the wait. */
const longestWaitMs = 700_000;

/** Runs a login to its end. Never throws for what an attacker can cause; a broken dependency is an outcome. */
export async function authenticate(
  deps: LoginDeps,
  login: Login,
  { firstFactor, signal, time }: { readonly firstFactor: FirstFactorCheck } & Running,
): Promise<Outcome> {
  return failClosed(async () => {
    const begun = await beginLogin(deps, login, { firstFactor, signal });
    if (begun.kind !== 'asked') return begun;
    const { requestId, number, state, doorData } = begun;
    if (number === null || state === null) return waitForEnd(deps, requestId, { signal, time, doorData });
    return { kind: 'show_number', requestId, number, state };
  });
}

/** Goes on with a login whose number was shown. */
export async function continueLogin(
  deps: LoginDeps,
  login: Login,
  { state, signal, time }: { readonly state: Uint8Array } & Running,
): Promise<Outcome> {
  return failClosed(async () => {
    const requestId = await takeState(deps, state, { doorId: login.door.id, username: login.username });
    if (requestId !== undefined) return waitForEnd(deps, requestId, { signal, time });
    const refused = await startAttempt(deps, login).refuse('challenge_unknown');
    return refused.kind === 'rejected'
      ? refused
      : { kind: 'rejected', requestId: refused.requestId, reason: 'challenge_unknown' };
  });
}

/** @param doorData of this very login; what the row keeps when absent */
async function waitForEnd(
  deps: LoginDeps,
  requestId: string,
  {
    signal,
    time,
    doorData,
  }: { time: LoginTime | undefined; signal: StopSignal; doorData?: Uint8Array | null },
): Promise<Outcome> {
  const since = deps.clock.monotonic();
  const outcome = await awaitOutcome(deps, requestId, { within: longestWaitMs, signal, doorData });
  time?.waited(deps.clock.monotonic() - since);
  return outcome ?? { kind: 'rejected', requestId, reason: 'cancelled' };
}

async function failClosed(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'unavailable', dependency: error.dependency };
    throw error;
  }
}
