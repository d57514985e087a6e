// Limits how often something may fail for a key. Unlike a throttle it is asked first and told afterwards, so that what succeeds costs
// nothing; what fails while many are under way is paid for later, which keeps the long run right however many come at once.
import type { Clock } from '#platform/clock.ts';
import type { Limit } from './throttles.ts';

export interface FailureCount {
  /** Whether one more may be tried. Counts nothing. */
  allows(key: string): boolean;
  failed(key: string): void;
}

/** However many fail at once, nobody is kept out longer than this by them. */
const longestDebtMs = 900_000;
const defaultMaxKeys = 100_000;

/** @param maxKeys beyond it the key that failed longest ago is forgotten */
export function createFailureCount(clock: Clock, limit: Limit, maxKeys = defaultMaxKeys): FailureCount {
  const intervalMs = 60_000 / limit.perMinute;
  const toleranceMs = intervalMs * (limit.burst - 1);
  // Until when each key is busy with its failures. A Map keeps insertion order: the first key failed longest ago.
  const busyUntil = new Map<string, number>();
  return {
    allows: (key) => (busyUntil.get(key) ?? 0) - clock.monotonic() <= toleranceMs + 0.0005,
    failed(key) {
      const now = clock.monotonic();
      const until = Math.max(busyUntil.get(key) ?? now, now) + intervalMs;
      busyUntil.delete(key);
      const [oldest] = busyUntil.size >= maxKeys ? busyUntil.keys() : [];
      if (oldest !== undefined) busyUntil.delete(oldest);
      busyUntil.set(key, Math.min(until, now + toleranceMs + longestDebtMs));
    },
  };
}
