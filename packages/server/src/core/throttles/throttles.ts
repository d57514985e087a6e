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

/** Beyond this many keys the throttle forgets those that nobody asked for longest; an attacker cannot fill the memory. */
const defaultMaxKeys = 100_000;

export function createThrottle(clock: Clock, limit: Limit, maxKeys = defaultMaxKeys): Throttle {
  const intervalMs = 60_000 / limit.perMinute;
  const toleranceMs = intervalMs * (limit.burst - 1);
  // By key, those asked for lately and those before. Moving a key within one Map, to keep it in order, would make new tables of it.
  let recent = new Map<string, Arrival>();
  let earlier = new Map<string, Arrival>();

  const arrivalOf = (key: string, now: number): Arrival => {
    const known = recent.get(key);
    if (known) return known;
    const arrival = earlier.get(key) ?? { at: now };
    if (recent.size >= maxKeys / 2) {
      earlier = recent;
      recent = new Map();
    }
    recent.set(key, arrival);
    return arrival;
  };

  return {
    take(key) {
      const now = clock.monotonic();
      const arrival = arrivalOf(key, now);
      const expected = Math.max(arrival.at, now);
      const early = expected - now - toleranceMs;
      // Half a microsecond: sums of fractions must not refuse what is just in time.
      if (early > 0.0005) return { allowed: false, retryAfterMs: Math.ceil(early) };
      arrival.at = expected + intervalMs;
      return allowed;
    },
  };
}

/** Theoretical arrival time of the next conforming event. */
interface Arrival {
  at: number;
}

const allowed: Taken = { allowed: true };
