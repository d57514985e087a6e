// Hints inside one process: wakes whoever waits for a topic. Only a hint: losing one delays, never decides (the row is the truth).
import type { StopSignal } from './stop-signal.ts';

export interface Bus {
  /** Wakes everybody who waits for the topic. */
  wake(topic: string): void;
  /** Calls `woken` on each wake until the returned function is called. */
  listen(topic: string, woken: () => void): () => void;
}

export interface Wake {
  /** Resolves when woken, when the signal aborts, or after `ms` milliseconds. */
  within(ms: number): Promise<void>;
  /** Must be called in the end. */
  forget(): void;
}

/** Begins to listen for the next wake of a topic. Take it before looking at the row, so that nothing is slept over. */
export function nextWake(bus: Bus, topic: string, signal: StopSignal): Wake {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = bus.listen(topic, resolve);
  const aborted = () => resolve();
  signal.addEventListener('abort', aborted, { once: true });
  return {
    async within(ms) {
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
    },
    forget() {
      stop();
      signal.removeEventListener('abort', aborted);
    },
  };
}

export function createBus(): Bus {
  const listeners = new Map<string, Set<() => void>>();
  return {
    wake(topic) {
      for (const woken of listeners.get(topic) ?? []) queueMicrotask(woken);
    },
    listen(topic, woken) {
      const own = () => woken();
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(own));
      return () => {
        set.delete(own);
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
      };
    },
  };
}
