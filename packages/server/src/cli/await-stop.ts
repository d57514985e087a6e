// How a command that runs on is asked to end.
import type { Io } from './io.ts';

/** As a shell reports a program that SIGINT ended. */
const brokenOff = 130;

/** The first signal asks to stop, the second ends the process. Listens from the start, so that no signal is lost. */
export function awaitStop(io: Io): { readonly asked: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let signals = 0;
  const forget = io.onSignal(() => {
    signals += 1;
    if (signals > 1) io.exitNow(brokenOff);
    resolve();
  });
  return { asked: promise, forget };
}
