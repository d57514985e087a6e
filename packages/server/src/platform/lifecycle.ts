// Starts things in order and stops them in the opposite order, however far the start came.
export interface Lifecycle {
  /** Remembers how to stop something that was just started. */
  onStop(name: string, stop: () => void | Promise<void>): void;
  /** Stops everything, last started first; one that fails does not keep the others. */
  stop(failed: (name: string, error: unknown) => void): Promise<void>;
}

export function createLifecycle(): Lifecycle {
  const stops: { name: string; stop: () => void | Promise<void> }[] = [];
  return {
    onStop(name, stop) {
      stops.push({ name, stop });
    },
    async stop(failed) {
      for (const { name, stop } of stops.splice(0).toReversed()) {
        try {
          await stop();
        } catch (error) {
          failed(name, error);
        }
      }
    },
  };
}
