// One push from its first try to its last: what a push service answers, and whether it is worth another try.
import type { PushFailure } from '@countersign/contract/push-failures.ts';
import type { PushOutcome } from '#core/push-subscriptions/push-subscription.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { AddressRefused, type Agents } from './guarded-agents.ts';
import { type Posted, postPush, readRetryAfter } from './post-push.ts';
import type { Slots } from './slots.ts';

export interface DeliverDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly slots: Slots;
  readonly agents: Pick<Agents, 'agentFor' | 'lookupFor'>;
  /** The Authorization header for an origin. */
  readonly vapid: (origin: string) => string;
  readonly limits: TryLimits;
  /** Aborted: nothing is tried again. */
  readonly stopping: AbortSignal;
  /** Aborted: nothing goes on. */
  readonly ending: AbortSignal;
}

export interface TryLimits {
  readonly timeoutMs: number;
  /** Wait before the second try; doubled each time. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Nothing is tried again when less of the message's life than this would be left. */
  readonly leastLeftMs: number;
}

export interface Push {
  readonly endpoint: URL;
  readonly body: Buffer;
  readonly topic: string;
  readonly encrypted: boolean;
  /** On the monotonic clock. */
  readonly deadline: number;
}

/** @param stillWanted asked before it is tried again */
export async function deliverPush(
  deps: DeliverDeps,
  push: Push,
  stillWanted: () => Promise<boolean>,
): Promise<PushOutcome> {
  for (let tries = 0; ; tries += 1) {
    const posted = await attempt(deps, push);
    if (posted === undefined || deps.ending.aborted) return { kind: 'stopped' };
    if (posted === 'no_turn') return failed('queue_full');
    const { outcome, again } = judge(posted);
    if (!again) return outcome;
    const pause = pauseBefore(deps, posted, tries);
    const left = push.deadline - deps.clock.monotonic();
    if (left - pause < deps.limits.leastLeftMs) return outcome;
    await sleep(pause, deps.stopping);
    if (deps.stopping.aborted) return { kind: 'stopped' };
    if (!(await stillWanted())) return { kind: 'not_wanted' };
  }
}

/** @returns undefined when it is to stop */
async function attempt(deps: DeliverDeps, push: Push): Promise<Posted | 'no_turn' | undefined> {
  const { slots, clock, agents, vapid, limits, ending } = deps;
  const leave = await slots.enter(push.endpoint.origin, push.deadline - clock.monotonic());
  if (leave === undefined) return deps.stopping.aborted ? undefined : 'no_turn';
  try {
    const left = push.deadline - clock.monotonic();
    if (left <= 0) return { kind: 'unreachable' };
    const timedOut = AbortSignal.timeout(Math.ceil(Math.min(limits.timeoutMs, left)));
    const signal = AbortSignal.any([ending, timedOut]);
    return await postPush({
      endpoint: push.endpoint,
      agent: agents.agentFor(push.endpoint),
      lookup: agents.lookupFor(signal),
      headers: headersOf(push, { authorization: vapid(push.endpoint.origin), leftMs: left }),
      body: push.body,
      signal,
    });
  } catch (error) {
    if (error instanceof AddressRefused) return { kind: 'address_refused' };
    throw error;
  } finally {
    leave();
  }
}

function pauseBefore({ clock, random, limits }: DeliverDeps, posted: Posted, tries: number): number {
  const asked = posted.kind === 'answered' ? readRetryAfter(posted.retryAfter, clock.now()) : undefined;
  const own = Math.min(limits.firstPauseMs * 2 ** tries, limits.longestPauseMs);
  // Half of it is chance, so that what failed together does not come again together.
  return Math.max(asked ?? 0, own / 2 + random.below(Math.ceil(own / 2) + 1));
}

const headersOf = (
  { topic, encrypted, body }: Push,
  { authorization, leftMs }: { readonly authorization: string; readonly leftMs: number },
): Record<string, string> => ({
  authorization,
  // RFC 8030 5.2: mandatory; what comes later than that is worth nothing.
  ttl: String(Math.max(1, Math.floor(leftMs / 1000))),
  urgency: 'high',
  topic,
  ...(encrypted ? { 'content-encoding': 'aes128gcm' } : {}),
  ...(body.length === 0 ? {} : { 'content-type': 'application/octet-stream' }),
});

export const failed = (cause: PushFailure, status: number | null = null): PushOutcome => ({
  kind: 'failed',
  cause,
  status,
});

/** What a try means, and whether another one may end otherwise. */
function judge(posted: Posted): { readonly outcome: PushOutcome; readonly again: boolean } {
  if (posted.kind !== 'answered')
    return { outcome: failed(posted.kind), again: posted.kind === 'unreachable' };
  const { status } = posted;
  if (status >= 200 && status < 300) return { outcome: { kind: 'sent' }, again: false };
  const cause = causeOf(status);
  return { outcome: failed(cause, status), again: cause === 'too_many' || cause === 'service_error' };
}

function causeOf(status: number): PushFailure {
  // RFC 8030 7.3: 404 as well as 410 say that the subscription is no more.
  if (status === 404 || status === 410) return 'gone';
  if (status === 401 || status === 403) return 'refused_key';
  if (status === 413) return 'too_large';
  if (status === 429) return 'too_many';
  return status >= 500 ? 'service_error' : 'refused';
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
