// Remembers from where a user has come in lately. Kept in memory and bounded: what is forgotten is only treated as new again.
import type { Clock } from '#platform/clock.ts';

export interface KnownSources {
  isKnown(key: string): boolean;
  remember(key: string): void;
}

const rememberedMs = 30 * 86_400_000;
const defaultMaxKeys = 100_000;

/** @param maxKeys beyond it the key that was seen longest ago is forgotten */
export function createKnownSources(clock: Clock, maxKeys = defaultMaxKeys): KnownSources {
  const seenAt = new Map<string, number>();
  return {
    isKnown: (key) => clock.monotonic() - (seenAt.get(key) ?? Number.NEGATIVE_INFINITY) < rememberedMs,
    remember(key) {
      seenAt.delete(key);
      for (const oldest of seenAt.keys()) {
        if (seenAt.size < maxKeys) break;
        seenAt.delete(oldest);
      }
      seenAt.set(key, clock.monotonic());
    },
  };
}
