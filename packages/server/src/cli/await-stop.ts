// How a command that runs on is asked to end.
import type { Io } from './io.ts';

/** As a shell reports a program that SIGINT ended. */
const brokenOff = 130;
/** npm hands on a Ctrl+C that the terminal gave to the whole process group already: within this time both are the same one. */
const handedOnMs = 500;

/** The first signal asks to stop, the second ends the process. Listens from the start, so that no signal is lost. */
export function awaitStop(io: Io): { readonly asked: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const underNpm = io.env.npm_lifecycle_event !== undefined;
  let signals = 0;
  let handedOn: NodeJS.Timeout | undefined;
  const forget = io.onSignal(() => {
    if (handedOn) return;
    signals += 1;
    if (signals > 1) io.exitNow(brokenOff);
    if (underNpm) handedOn = setTimeout(() => (handedOn = undefined), handedOnMs).unref();
    resolve();
  });
  return {
    asked: promise,
    forget() {
      clearTimeout(handedOn);
      forget();
    },
  };
}
