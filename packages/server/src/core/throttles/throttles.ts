// Limits how often something may happen for a key: GCRA (ATM Forum TM 4.0 4.4.4, "leaky bucket as a meter"), one number per key.
// Kept in memory: a restart forgives, which costs a guesser nothing worth having, and no login waits for a write.
import type { Clock } from '#platform/clock.ts';

export interface Limit {
  /** How many at once, from rest. */
  readonly burst: number;
  /** How many per minute in the long run. */
  readonly perMinute: number;
}

export type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

export interface Throttle {
  /** Counts one for the key, unless that would be too many; a refused one is not counted. */
  take(key: string): Taken;
}

/** Beyond this many keys the throttle forgets the ones that were at rest longest; an attacker cannot fill the memory. */
const defaultMaxKeys = 100_000;

export function createThrottle(clock: Clock, limit: Limit, maxKeys = defaultMaxKeys): Throttle {
  const intervalMs = 60_000 / limit.perMinute;
  const toleranceMs = intervalMs * (limit.burst - 1);
  // Theoretical arrival time of the next conforming event. A Map keeps insertion order: the first key was touched longest ago.
  const arrivals = new Map<string, number>();

  const makeRoom = (now: number): void => {
    for (const [key, arrival] of arrivals) {
      if (arrivals.size < maxKeys && arrival > now) return;
      arrivals.delete(key);
    }
  };

  return {
    take(key) {
      const now = clock.monotonic();
      const arrival = Math.max(arrivals.get(key) ?? now, now);
      const early = arrival - now - toleranceMs;
      // Half a microsecond: sums of fractions must not refuse what is just in time.
      if (early > 0.0005) return { allowed: false, retryAfterMs: Math.ceil(early) };
      arrivals.delete(key);
      if (arrivals.size >= maxKeys) makeRoom(now);
      arrivals.set(key, arrival + intervalMs);
      return { allowed: true };
    },
  };
}
