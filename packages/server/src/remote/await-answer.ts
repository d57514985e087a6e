// Waits for the end of an auth request on the server: long polls, through restarts and losses of the server, until the request's own
// time is over. The number of polls at once is bounded, as the server bounds them.
import { type AskedServer, outcomeOfAnswer } from '#core/authentication/remote-outcome.ts';
import type { DoorOutcome } from '#core/authentication/login-engine.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { jittered, sleep } from './pause.ts';
import type { ApiResult, ServerApi } from './server-api.ts';
import type { AuthRequest } from '@countersign/contract/models.ts';

export interface AwaitAnswerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly api: Pick<ServerApi, 'awaitAuthRequest'>;
  readonly polls: PollPlaces;
}

/** Long polls at once; whoever finds no place asks now and then instead. */
export interface PollPlaces {
  enter(): (() => void) | undefined;
  /** How many wait without a place. */
  readonly outside: number;
  stayOutside(): () => void;
}

/** Below what the server allows one API client (500), so that a second proxy with the same one finds places too. */
export const mostPolls = 200;
const pollSeconds = 25;
/** After its time the server itself still has to end the request. */
const slackMs = 5000;
const firstRetryMs = 200;
const longestRetryMs = 2000;
const outsideMs = 2000;
/** More waiting logins ask less often: all of them together at most 50 times a second. */
const outsideEachMs = 20;

export function createPollPlaces(most = mostPolls): PollPlaces {
  let [inside, outside] = [0, 0];
  return {
    enter() {
      if (inside >= most) return undefined;
      inside += 1;
      return () => {
        inside -= 1;
      };
    },
    get outside() {
      return outside;
    },
    stayOutside() {
      outside += 1;
      return () => {
        outside -= 1;
      };
    },
  };
}

/** @param deadline monotonic milliseconds. @returns `waiting` only when the signal broke the wait off */
export async function awaitAnswer(
  deps: AwaitAnswerDeps,
  { asked, deadline }: { readonly asked: AskedServer; readonly deadline: number },
  signal: StopSignal,
): Promise<DoorOutcome> {
  let retryMs = firstRetryMs;
  for (;;) {
    const left = deadline + slackMs - deps.clock.monotonic();
    const result = await pollOnce(deps, asked, { left, signal });
    if (result.kind === 'done') {
      const outcome = outcomeOfAnswer(asked, result.value);
      if (!outcome) return unavailable('its answer belongs to another request');
      if (outcome.kind !== 'waiting' || signal.aborted) return outcome;
      retryMs = firstRetryMs;
    }
    if (signal.aborted) return { kind: 'waiting', requestId: asked.requestId, expiresAt: 0 };
    if (left <= 0)
      return unavailable(result.kind === 'unreachable' ? result.cause : 'it did not end the request');
    if (result.kind === 'done') continue;
    const over = giveUp(result);
    if (over !== undefined) return unavailable(over);
    const pause = result.kind === 'refused' ? Math.max(retryMs, result.retryAfterMs) : retryMs;
    await sleep(jittered(deps.random, Math.min(pause, left)), signal);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }
}

const unavailable = (why: string): DoorOutcome => ({
  kind: 'unavailable',
  dependency: `the Countersign server (${why})`,
});

/** Why waiting on is of no use, or undefined: a server that is gone may come back within the request's time. */
function giveUp(result: Exclude<ApiResult<AuthRequest>, { kind: 'done' }>): string | undefined {
  switch (result.kind) {
    case 'unreachable':
    case 'aborted':
    // A gateway in front of a server that restarts may answer for it with a page of its own.
    case 'foreign':
    case 'untrusted':
      return undefined;
    case 'refused':
      return result.status === 429 || result.status >= 500 ? undefined : `it refused: ${result.code}`;
  }
}

async function pollOnce(
  { api, polls, random }: AwaitAnswerDeps,
  { requestId }: AskedServer,
  { left, signal }: { left: number; signal: StopSignal },
): Promise<ApiResult<AuthRequest>> {
  const leave = polls.enter();
  if (leave) {
    const seconds = Math.max(0, Math.min(pollSeconds, Math.ceil(left / 1000)));
    return api.awaitAuthRequest(requestId, seconds, signal).finally(leave);
  }
  const back = polls.stayOutside();
  await sleep(
    jittered(random, Math.min(Math.max(left, 0), outsideMs + polls.outside * outsideEachMs)),
    signal,
  ).finally(back);
  return api.awaitAuthRequest(requestId, 0, signal);
}
