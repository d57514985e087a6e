// What strangers can cause at will is audited, but not as often as they like: one event for each key in a minute, with how many it stands for.
import type { Clock } from '#platform/clock.ts';

const everyMs = 60_000;

interface Told {
  readonly at: number;
  /** Since then, and not told yet. */
  untold: number;
}

/**
 * Keys must be few: each is remembered. What comes after the last one that was told waits for the next.
 * @returns counts one; says how many to tell of now, or undefined when it is too early
 */
export function createTally(clock: Clock): (key: string) => number | undefined {
  const told = new Map<string, Told>();
  return (key) => {
    const now = clock.now();
    const last = told.get(key);
    if (last && now - last.at < everyMs) {
      last.untold += 1;
      return undefined;
    }
    told.set(key, { at: now, untold: 0 });
    return (last?.untold ?? 0) + 1;
  };
}
