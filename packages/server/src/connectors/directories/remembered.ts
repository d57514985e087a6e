// What was learned about a directory and is good for a while: asked for once, however many want it at the same time.
import type { Clock } from '#platform/clock.ts';

export interface Remembered {
  /** What `learn` found at most `ms` ago. A failure is not remembered. */
  get<T>(key: string, ms: number, learn: () => Promise<T>): Promise<T>;
  /** What is asked for next is learned anew. */
  forget(key: string): void;
}

export function createRemembered(clock: Clock): Remembered {
  const known = new Map<string, { readonly until: number; readonly value: Promise<unknown> }>();
  return {
    async get<T>(key: string, ms: number, learn: () => Promise<T>): Promise<T> {
      const before = known.get(key);
      // Under one key there is always what the same caller's `learn` gives.
      if (before && before.until > clock.monotonic()) return before.value as Promise<T>;
      const value = learn();
      known.set(key, { until: clock.monotonic() + ms, value });
      value.catch(() => {
        if (known.get(key)?.value === value) known.delete(key);
      });
      return value;
    },
    forget: (key) => void known.delete(key),
  };
}
