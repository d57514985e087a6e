// Hints inside one process: wakes whoever waits for a topic. Only a hint: losing one delays, never decides (the row is the truth).

export interface Bus {
  /** Wakes everybody who waits for the topic. */
  wake(topic: string): void;
  /** Calls `woken` on each wake until the returned function is called. */
  listen(topic: string, woken: () => void): () => void;
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
