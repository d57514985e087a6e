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

/** Linked with the others of its topic: ten thousand wait for one topic each, and a Set of one is large. */
interface Listener {
  readonly woken: () => void;
  next: Listener | undefined;
}

export function createBus(): Bus {
  const firsts = new Map<string, Listener>();
  const remove = (topic: string, listener: Listener): void => {
    const first = firsts.get(topic);
    if (first === listener) {
      if (listener.next) firsts.set(topic, listener.next);
      else firsts.delete(topic);
      return;
    }
    let before = first;
    while (before && before.next !== listener) before = before.next;
    if (before) before.next = listener.next;
  };
  return {
    wake(topic) {
      for (let each = firsts.get(topic); each; each = each.next) queueMicrotask(each.woken);
    },
    listen(topic, woken) {
      const listener: Listener = { woken, next: firsts.get(topic) };
      firsts.set(topic, listener);
      return () => remove(topic, listener);
    },
  };
}
