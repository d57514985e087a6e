// A limited number of pushes under way at once, shared fairly between push services: one that hangs cannot hold up the others.
import { createFairShare } from '#core/throttles/fair-share.ts';

export interface Slots {
  /** Waits for a slot, at most so long; the returned function gives it back. Undefined when none came, or once everything was called off. */
  enter(holder: string, withinMs: number): Promise<(() => void) | undefined>;
  /** Whoever waits goes away with nothing, and so does whoever comes. */
  callOff(): void;
}

type Entered = (leave: (() => void) | undefined) => void;

export function createSlots(total: number): Slots {
  const share = createFairShare(total);
  const waiting = new Map<string, Set<Entered>>();
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
      const [entered] = queue;
      // Behind the others, so that holders take turns.
      waiting.delete(holder);
      if (entered) queue.delete(entered);
      if (queue.size > 0) waiting.set(holder, queue);
      entered?.(leave);
      return;
    }
  };

  const wait = (holder: string, withinMs: number): ReturnType<Slots['enter']> =>
    new Promise((resolve) => {
      const queue = waiting.get(holder) ?? new Set();
      const entered: Entered = (leave) => {
        clearTimeout(timer);
        resolve(leave);
      };
      const timer = setTimeout(() => {
        queue.delete(entered);
        if (queue.size === 0) waiting.delete(holder);
        resolve(undefined);
      }, withinMs);
      waiting.set(holder, queue.add(entered));
    });

  return {
    enter(holder, withinMs) {
      if (calledOff) return Promise.resolve(undefined);
      const leave = waiting.has(holder) ? undefined : admit(holder);
      return leave ? Promise.resolve(leave) : wait(holder, withinMs);
    },
    callOff() {
      calledOff = true;
      for (const queue of waiting.values()) for (const entered of queue) entered(undefined);
      waiting.clear();
    },
  };
}
