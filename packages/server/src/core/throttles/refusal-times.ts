// How long an answer is kept back that says no: as long as the slowest of late took, so that its time does not tell how it came about. A user
// source that is slow would else show whom it knows, and so would a list of sources by who is asked after whom.
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';

export interface RefusalTimes {
  /** Tells how long an answer took by itself, in milliseconds, whatever it says. @param about what has a pace of its own */
  took(about: string, ms: number): void;
  /** There is nothing any more that takes its time. */
  forget(about: string): void;
  /** How long an answer that says no takes at least, in milliseconds. */
  least(about: string): number;
  /** Keeps an answer that says no until it has taken that long. @param ms that it took so far */
  keepBack(about: string, ms: number): Promise<void>;
}

export interface RefusalTimeLimits {
  /** However quick everything is. */
  readonly leastMs: number;
  /** The same for what `took` told of, since what was quick so far may be slow the next time. */
  readonly leastToldMs?: number;
  /** However slow. */
  readonly mostMs: number;
}

/** Longer than a directory usually needs. */
export const usualRefusalMs = 400;

/** So an outage of a directory keeps nobody waiting for long. */
export const mostRefusalMs = 3000;

/** What was slow once is forgotten by and by. */
const halvedInMs = 60_000;
/** Answers differ a little each time; none should be the slowest yet by that. */
const [margin, stepMs] = [1.1, 50];

/** For one node; a restart forgets. @param wait so many milliseconds */
export function createRefusalTimes(
  clock: Clock,
  { leastMs, leastToldMs = leastMs, mostMs }: RefusalTimeLimits,
  wait: (ms: number) => Promise<unknown> = setTimeout,
): RefusalTimes {
  // One for each application and kind of requirement.
  const slowest = new Map<string, { readonly ms: number; readonly at: number }>();
  const ofLate = (about: string): number => {
    const known = slowest.get(about);
    return known ? known.ms * 0.5 ** ((clock.monotonic() - known.at) / halvedInMs) : 0;
  };
  const least = (about: string): number => {
    const atLeast = slowest.has(about) ? Math.max(leastMs, leastToldMs) : leastMs;
    return Math.min(mostMs, Math.max(atLeast, Math.ceil((ofLate(about) * margin) / stepMs) * stepMs));
  };
  return {
    took(about, ms) {
      if (!slowest.has(about) || ms > ofLate(about))
        slowest.set(about, { ms: Math.min(ms, mostMs), at: clock.monotonic() });
    },
    forget: (about) => void slowest.delete(about),
    least,
    async keepBack(about, ms) {
      const left = least(about) - ms;
      if (left > 0) await wait(left);
    },
  };
}
