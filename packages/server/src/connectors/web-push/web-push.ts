// Sends pushes (RFC 8030) to browsers' push services and UnifiedPush servers alike: bounded, tried again while it is worth it, and never
// in anybody's way.
import type { PushFailure } from '@countersign/contract/push-failures.ts';
import type { EndpointRules } from '#core/push-subscriptions/push-endpoint.ts';
import { readEndpoint } from '#core/push-subscriptions/push-endpoint.ts';
import type {
  PushMessage,
  PushOutcome,
  SendPush,
  VapidKey,
} from '#core/push-subscriptions/push-subscription.ts';
import { createFairShare } from '#core/throttles/fair-share.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { encryptPush } from './encrypted-content.ts';
import { AddressRefused, createAgents, type Resolve } from './guarded-agents.ts';
import { type Posted, postPush, readRetryAfter } from './post-push.ts';
import { createSlots } from './slots.ts';
import { createVapidHeaders } from './vapid-header.ts';

export interface WebPushDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly key: VapidKey;
  /** See `VapidDeps`. */
  readonly contact: string | undefined;
  readonly rules: EndpointRules;
  /** Told of each push that came to an end. */
  readonly observe: (outcome: PushOutcome, about: ObservedPush) => void;
  /** Told how many are under way or wait, whenever that changes. */
  readonly waiting: (count: number) => void;
  readonly resolve?: Resolve;
  readonly limits?: Partial<PushLimits>;
}

export interface ObservedPush {
  /** Origin of the push service. */
  readonly service: string;
  /** Waiting and further tries included. */
  readonly ms: number;
}

export interface PushLimits {
  /** Under way at once; one push service gets at most half. */
  readonly atOnce: number;
  /** Under way and waiting, for their turn or to be tried again; one push service gets at most half. */
  readonly inAll: number;
  readonly timeoutMs: number;
  /** Wait before the second try; doubled each time. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Nothing is tried again when less of the message's life than this would be left. */
  readonly leastLeftMs: number;
  /** How long pushes under way may take once it is to stop. */
  readonly graceMs: number;
}

const usualLimits: PushLimits = {
  atOnce: 64,
  inAll: 4000,
  timeoutMs: 10_000,
  firstPauseMs: 1000,
  longestPauseMs: 30_000,
  leastLeftMs: 500,
  graceMs: 2000,
};

export interface WebPush {
  readonly send: SendPush;
  /** Nothing is tried again from now on; what is under way has a moment to end. */
  stop(): Promise<void>;
}

export function createWebPush(deps: WebPushDeps): WebPush {
  const limits = { ...usualLimits, ...deps.limits };
  const places = createFairShare(limits.inAll);
  const slots = createSlots(limits.atOnce);
  const agents = createAgents(deps.rules, deps.resolve);
  const vapid = createVapidHeaders(deps);
  const stopping = new AbortController();
  const ending = new AbortController();
  const underWay = new Set<Promise<PushOutcome>>();

  const attempt = async (push: Push): Promise<Posted | undefined> => {
    const leave = await slots.enter(push.endpoint.origin);
    if (leave === undefined) return undefined;
    try {
      const left = push.deadline - deps.clock.monotonic();
      if (left <= 0) return { kind: 'unreachable' };
      return await postPush({
        endpoint: push.endpoint,
        agent: agents.agentFor(push.endpoint),
        headers: headersOf(push, { authorization: vapid(push.endpoint.origin), leftMs: left }),
        body: push.body,
        timeoutMs: Math.ceil(Math.min(limits.timeoutMs, left)),
        signal: ending.signal,
      });
    } catch (error) {
      if (error instanceof AddressRefused) return { kind: 'address_refused' };
      throw error;
    } finally {
      leave();
    }
  };

  const run = async (push: Push, stillWanted: () => Promise<boolean>): Promise<PushOutcome> => {
    for (let tries = 0; ; tries += 1) {
      const posted = await attempt(push);
      if (posted === undefined || ending.signal.aborted) return { kind: 'stopped' };
      const { outcome, again } = judge(posted);
      if (!again) return outcome;
      const pause = pauseBefore(posted, tries);
      const left = push.deadline - deps.clock.monotonic();
      if (left - pause < limits.leastLeftMs) return outcome;
      await sleep(pause, stopping.signal);
      if (stopping.signal.aborted) return { kind: 'stopped' };
      if (!(await stillWanted())) return { kind: 'not_wanted' };
    }
  };

  const pauseBefore = (posted: Posted, tries: number): number => {
    const asked =
      posted.kind === 'answered' ? readRetryAfter(posted.retryAfter, deps.clock.now()) : undefined;
    const own = Math.min(limits.firstPauseMs * 2 ** tries, limits.longestPauseMs);
    // Half of it is chance, so that what failed together does not come again together.
    return Math.max(asked ?? 0, own / 2 + deps.random.below(Math.ceil(own / 2) + 1));
  };

  const send: SendPush = async (message, stillWanted) => {
    const since = deps.clock.monotonic();
    const outcome = await begin(message, stillWanted);
    const service = originOf(message.endpoint);
    deps.observe(outcome, { service, ms: deps.clock.monotonic() - since });
    return outcome;
  };

  const begin: SendPush = async (message, stillWanted) => {
    if (stopping.signal.aborted) return { kind: 'stopped' };
    const endpoint = readEndpoint(message.endpoint, deps.rules);
    if (!endpoint) return failed('address_refused');
    const leave = places.take(endpoint.origin);
    if (typeof leave !== 'function') return failed('queue_full');
    const running = Promise.resolve().then(() => run(prepare(deps, message, endpoint), stillWanted));
    underWay.add(running);
    deps.waiting(underWay.size);
    try {
      return await running;
    } finally {
      underWay.delete(running);
      deps.waiting(underWay.size);
      leave();
    }
  };

  return {
    send,
    async stop() {
      stopping.abort();
      slots.callOff();
      const timer = setTimeout(() => ending.abort(), limits.graceMs);
      await Promise.allSettled(underWay);
      clearTimeout(timer);
      agents.close();
    },
  };
}

interface Push {
  readonly endpoint: URL;
  readonly body: Buffer;
  readonly topic: string;
  readonly encrypted: boolean;
  /** On the monotonic clock. */
  readonly deadline: number;
}

function prepare({ clock, random }: WebPushDeps, message: PushMessage, endpoint: URL): Push {
  const { keys, text, plain, topic, expiresAt } = message;
  const deadline = clock.monotonic() + (expiresAt - clock.now());
  if (!keys) return { endpoint, body: Buffer.from(plain), topic, encrypted: false, deadline };
  const recipient = {
    p256dh: Buffer.from(keys.p256dh, 'base64url'),
    auth: Buffer.from(keys.auth, 'base64url'),
  };
  const body = encryptPush(recipient, text, { salt: random.bytes(16) });
  return { endpoint, body, topic, encrypted: true, deadline };
}

const originOf = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).origin : '');

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

const failed = (cause: PushFailure, status: number | null = null): PushOutcome => ({
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
