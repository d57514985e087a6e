// A limited number of pushes under way at once, shared fairly between push services: one that hangs cannot hold up the others.
import { createFairShare } from '#core/throttles/fair-share.ts';

export interface Slots {
  /** Waits for a slot; the returned function gives it back. Undefined once everything was called off. */
  enter(holder: string): Promise<(() => void) | undefined>;
  /** Whoever waits goes away with nothing, and so does whoever comes. */
  callOff(): void;
}

type Entered = (leave: (() => void) | undefined) => void;

export function createSlots(total: number): Slots {
  const share = createFairShare(total);
  const waiting = new Map<string, Entered[]>();
  let calledOff = false;

  const admit = (holder: string): (() => void) | undefined => {
    const leave = share.take(holder);
    if (typeof leave !== 'function') return undefined;
    return () => {
      leave();
      admitWaiting();
    };
  };

  const admitWaiting = (): void => {
    for (const [holder, queue] of waiting) {
      const leave = admit(holder);
      if (leave === undefined) continue;
      const entered = queue.shift();
      // Behind the others, so that holders take turns.
      waiting.delete(holder);
      if (queue.length > 0) waiting.set(holder, queue);
      entered?.(leave);
      return;
    }
  };

  return {
    enter(holder) {
      if (calledOff) return Promise.resolve(undefined);
      const leave = waiting.has(holder) ? undefined : admit(holder);
      if (leave) return Promise.resolve(leave);
      return new Promise((entered) => {
        waiting.set(holder, [...(waiting.get(holder) ?? []), entered]);
      });
    },
    callOff() {
      calledOff = true;
      for (const queue of waiting.values()) for (const entered of queue) entered(undefined);
      waiting.clear();
    },
  };
}
