// Sends pushes (RFC 8030) to browsers' push services and UnifiedPush servers alike: bounded, tried again while it is worth it, and never
// in anybody's way.
import { type EndpointRules, readEndpoint } from '#core/push-subscriptions/push-endpoint.ts';
import type {
  PushMessage,
  PushOutcome,
  SendPush,
  VapidKey,
} from '#core/push-subscriptions/push-subscription.ts';
import { createFairShare } from '#core/throttles/fair-share.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { deliverPush, failed, type Push, type TryLimits } from './deliver-push.ts';
import { encryptPush } from './encrypted-content.ts';
import { createAgents } from './guarded-agents.ts';
import { createResolve } from './resolve-name.ts';
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
  /** Name servers (`address:port`) instead of the system's. */
  readonly nameServers?: readonly string[];
  readonly limits?: Partial<PushLimits>;
}

export interface ObservedPush {
  /** Origin of the push service. */
  readonly service: string;
  /** Waiting and further tries included. */
  readonly ms: number;
}

export interface PushLimits extends TryLimits {
  /** Under way at once; one push service gets at most half. */
  readonly atOnce: number;
  /** Under way and waiting, for their turn or to be tried again; one push service gets at most half. */
  readonly inAll: number;
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
  const { clock, random } = deps;
  const places = createFairShare(limits.inAll);
  const slots = createSlots(limits.atOnce);
  const agents = createAgents(deps.rules, createResolve(deps.rules, deps.nameServers));
  const [stopping, ending] = [new AbortController(), new AbortController()];
  const signals = { stopping: stopping.signal, ending: ending.signal };
  const delivery = { clock, random, slots, agents, limits, vapid: createVapidHeaders(deps), ...signals };
  const underWay = new Set<Promise<PushOutcome>>();

  const begin: SendPush = async (message, stillWanted) => {
    if (stopping.signal.aborted) return { kind: 'stopped' };
    const endpoint = readEndpoint(message.endpoint, deps.rules);
    if (!endpoint) return failed('address_refused');
    const leave = places.take(endpoint.origin);
    if (typeof leave !== 'function') return failed('queue_full');
    const deliver = async () => deliverPush(delivery, prepare(deps, message, endpoint), stillWanted);
    const running = deliver();
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
    async send(message, stillWanted) {
      const since = clock.monotonic();
      const outcome = await begin(message, stillWanted);
      deps.observe(outcome, { service: originOf(message.endpoint), ms: clock.monotonic() - since });
      return outcome;
    },
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
