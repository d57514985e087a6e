// Whether there is more to do than can be done in time, measured by what it is: how late the event loop comes round, and how many
// writes wait for a commit. Whoever takes in new work asks, so that the newest is turned away instead of everybody being slowed down.
import type { Clock } from './clock.ts';

export type Overload = 'event_loop' | 'commits';

export interface LoadLimits {
  /** Lateness of the event loop, smoothed over a few probes. */
  readonly delayMs: number;
  /** Writes that wait for a commit. */
  readonly commits: number;
}

export interface LoadDeps {
  readonly clock: Clock;
  readonly limits: LoadLimits;
  readonly commitsWaiting: () => number;
  /** Told of every probe, in milliseconds. */
  readonly observe?: (delayMs: number) => void;
}

export interface Load {
  overload(): Overload | undefined;
  stop(): void;
}

export const probeMs = 50;

export function watchLoad({ clock, limits, commitsWaiting, observe }: LoadDeps): Load {
  let smoothed = 0;
  let due = clock.monotonic() + probeMs;
  const timer = setInterval(() => {
    const late = Math.max(0, clock.monotonic() - due);
    due = clock.monotonic() + probeMs;
    // One long pause (the disk, the garbage) is no overload; two in a row are.
    smoothed = (smoothed + late) / 2;
    observe?.(late);
  }, probeMs);
  timer.unref();
  return {
    overload() {
      if (commitsWaiting() >= limits.commits) return 'commits';
      return smoothed >= limits.delayMs ? 'event_loop' : undefined;
    },
    stop: () => clearInterval(timer),
  };
}
