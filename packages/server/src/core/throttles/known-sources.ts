// Remembers from where a user has come in lately. Kept in memory and bounded: what is forgotten is only treated as new again.
import type { Clock } from '#platform/clock.ts';

export interface KnownSources {
  isKnown(key: string): boolean;
  remember(key: string): void;
}

const rememberedMs = 30 * 86_400_000;
/** How exactly that is known: noting it anew at every login would cost more than it is worth. */
const exactToMs = 3_600_000;
const defaultMaxKeys = 100_000;

/** @param maxKeys beyond it the key that was seen longest ago is forgotten */
export function createKnownSources(clock: Clock, maxKeys = defaultMaxKeys): KnownSources {
  const seenAt = new Map<string, number>();
  return {
    isKnown: (key) => clock.monotonic() - (seenAt.get(key) ?? Number.NEGATIVE_INFINITY) < rememberedMs,
    remember(key) {
      const now = clock.monotonic();
      if (now - (seenAt.get(key) ?? Number.NEGATIVE_INFINITY) < exactToMs) return;
      seenAt.delete(key);
      const [oldest] = seenAt.size >= maxKeys ? seenAt.keys() : [];
      if (oldest !== undefined) seenAt.delete(oldest);
      seenAt.set(key, now);
    },
  };
}
