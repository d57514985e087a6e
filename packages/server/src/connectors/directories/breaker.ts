// Keeps everybody from waiting for a server that does not answer: after it failed it is passed over for a while, then one tries for all.
import type { Clock } from '#platform/clock.ts';

export type BreakerState = 'closed' | 'half_open' | 'open';

export interface Breaker {
  state(): BreakerState;
  /** Why it is not closed. */
  reason(): string;
  /** Milliseconds until somebody may try. */
  remainingMs(): number;
  /** Takes the one try of an open one whose time is over; false when it is not, or somebody else has it. */
  takeTry(): boolean;
  succeeded(): void;
  /** @param atOnce nothing is there to be asked; else it takes two in a row */
  failed(reason: string, atOnce: boolean): void;
  /** The try said nothing, being called off. */
  undecided(): void;
}

const [firstMs, longestMs] = [5000, 60_000];
const failuresToOpen = 2;

export function createBreaker(clock: Clock, changed: (state: BreakerState) => void): Breaker {
  let state: BreakerState = 'closed';
  let [failures, openedAt, openMs] = [0, 0, 0];
  let why = '';
  const become = (next: BreakerState): void => {
    if (state === next) return;
    state = next;
    changed(next);
  };
  const remainingMs = (): number =>
    state === 'open' ? Math.max(0, openedAt + openMs - clock.monotonic()) : 0;
  return {
    state: () => state,
    reason: () => why,
    remainingMs,
    takeTry() {
      if (state !== 'open' || remainingMs() > 0) return false;
      become('half_open');
      return true;
    },
    succeeded() {
      [failures, openMs, why] = [0, 0, ''];
      become('closed');
    },
    failed(reason, atOnce) {
      failures += 1;
      why = reason;
      if (state === 'closed' && !atOnce && failures < failuresToOpen) return;
      // Those who were already there when it opened say nothing new.
      if (state === 'open') return;
      openMs = openMs === 0 ? firstMs : Math.min(openMs * 2, longestMs);
      openedAt = clock.monotonic();
      become('open');
    },
    undecided() {
      if (state === 'half_open') become('open');
    },
  };
}
