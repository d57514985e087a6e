// Pauses between tries.
import type { Random } from '#platform/random.ts';
import type { StopSignal } from '#platform/stop-signal.ts';

/** Three quarters to the whole of a pause, so that those who lost the server together do not come back together. */
export const jittered = (random: Random, pause: number): number => pause * (0.75 + random.below(251) / 1000);

/** Ends early when the signal fires. */
export function sleep(milliseconds: number, signal: StopSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake, { once: true });
  if (signal.aborted) resolve();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  });
}
