// How much one caller may ask of us: by source address before we know who calls, by API client, administrator or device afterwards.
import { sourceKey } from '#core/throttles/source-key.ts';
import { createThrottle, type Limit, type Throttle } from '#core/throttles/throttles.ts';
import type { Clock } from '#platform/clock.ts';

/** Every limit of the HTTP edge. `perMinute` is the long run, `burst` what may come at once. */
export const httpLimits = {
  /** Pages, health, certificates and whatever does not exist, per source address. */
  open: { burst: 100, perMinute: 600 },
  /** Calls that try a secret (token, setup, onboarding), per source address. */
  guarded: { burst: 30, perMinute: 120 },
  /**
   * Failed tokens, proofs and secrets per source address; beyond it a failure is answered with 429. Good callers behind the same
   * address are never held up: the secrets have 256 bits, so a guesser must be slowed down, not kept out.
   */
  failures: { burst: 20, perMinute: 30 },
  apiClient: { burst: 200, perMinute: 6000 },
  /** A person with a browser, whose pages ask for several things at once. */
  administrator: { burst: 200, perMinute: 1200 },
  /** Device protocol, section 7. */
  device: { burst: 30, perMinute: 600 },
  /** Subscriptions that a device names, each of which sends a push somewhere; section 7 too. */
  pushSubscription: { burst: 10, perMinute: 6 },
} as const satisfies Record<string, Limit>;

/** Streams and waiting polls, logins played, and exports, which read without a pause, each at one time; large files of all callers together. */
export const maxWaits = {
  device: 4,
  onboarding: 2,
  administrator: 20,
  api_client: 500,
  test_login: 2,
  export: 2,
  upload: 2,
} as const;

export class TooManyRequests extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('too many requests');
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RateLimits {
  /** @throws TooManyRequests */
  takeSource(limit: 'open' | 'guarded', address: string): void;
  /** Counts a failure. @throws TooManyRequests when this address has failed too often lately. */
  countFailure(address: string): void;
  /** @throws TooManyRequests */
  takeCaller(kind: 'api_client' | 'administrator' | 'device', id: string): void;
  /** @throws TooManyRequests */
  takePushSubscription(deviceId: string): void;
  /** Takes one of the caller's places for a waiting call; the returned function gives it back. @throws TooManyRequests */
  enterWait(kind: keyof typeof maxWaits, id: string): () => void;
}

export function createRateLimits({ clock }: { clock: Clock }): RateLimits {
  const throttles = {
    open: createThrottle(clock, httpLimits.open),
    guarded: createThrottle(clock, httpLimits.guarded),
    api_client: createThrottle(clock, httpLimits.apiClient),
    administrator: createThrottle(clock, httpLimits.administrator),
    device: createThrottle(clock, httpLimits.device),
  };
  const failures = createThrottle(clock, httpLimits.failures);
  const pushSubscriptions = createThrottle(clock, httpLimits.pushSubscription);
  const waits = new Map<string, number>();
  return {
    takeSource: (limit, address) => takeOrThrow(throttles[limit], sourceKey(address)),
    takeCaller: (kind, id) => takeOrThrow(throttles[kind], id),
    takePushSubscription: (id) => takeOrThrow(pushSubscriptions, id),
    countFailure: (address) => takeOrThrow(failures, sourceKey(address)),
    enterWait(kind, id) {
      const key = `${kind} ${id}`;
      const waiting = waits.get(key) ?? 0;
      if (waiting >= maxWaits[kind]) throw new TooManyRequests(1000);
      waits.set(key, waiting + 1);
      return once(() => {
        const left = (waits.get(key) ?? 1) - 1;
        if (left > 0) waits.set(key, left);
        else waits.delete(key);
      });
    },
  };
}

function takeOrThrow(throttle: Throttle, key: string): void {
  const taken = throttle.take(key);
  if (!taken.allowed) throw new TooManyRequests(taken.retryAfterMs);
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
