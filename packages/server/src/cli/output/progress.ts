// How far a long command is: for a person at a terminal, every few seconds, on standard error.
import type { Context } from '../context.ts';

const everyMs = 3000;

/** @returns to be told the number of rows so far, as often as one likes */
export function tellProgress({ io, clock }: Context, what: string): (rows: number) => void {
  let told = clock.monotonic();
  return (rows) => {
    if (!io.isTTY.out || clock.monotonic() - told < everyMs) return;
    told = clock.monotonic();
    io.err(`… ${rows} rows ${what}\n`);
  };
}
