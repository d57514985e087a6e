// The server's clock, as this app follows it.
import { deviceNow } from '@countersign/ui/clock.ts';
import type { ServerClock } from '../protocol/connection.ts';

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
