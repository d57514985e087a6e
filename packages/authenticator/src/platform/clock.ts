// The one file of this app that reads the time.
import type { ServerClock } from '../protocol/connection.ts';

/** Epoch milliseconds by this device's clock. */
export const deviceNow = (): number => Date.now();

/** Milliseconds since the page was opened; whoever sets the clock does not change it. */
export const steadyNow = (): number => performance.now();

/** Follows the server's clock: a phone's may be minutes off, and then no proof would be accepted. */
export function createServerClock(now: () => number = deviceNow): ServerClock {
  let offsetMs = 0;
  return {
    now: () => now() + offsetMs,
    correct: (serverTime) => {
      offsetMs = serverTime - now();
    },
  };
}

/** All accounts are those of one server: the one that serves this app. */
export const serverClock = createServerClock();
