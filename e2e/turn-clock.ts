// Loaded into the product's process before it: shifts `Date` by the milliseconds in the file that TEST_CLOCK names, read anew at every
// SIGUSR2. As when an administrator or NTP sets the machine's time; the monotonic clock is not touched, as on a real machine.
import { readFileSync } from 'node:fs';

const file = process.env.TEST_CLOCK ?? '';
const Real = Date;
let offset = 0;

function read(): void {
  offset = Number(readFileSync(file, 'utf8'));
}

class Shifted extends Real {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(Real.now() + offset);
    else super(...(given as [number]));
  }

  static override now(): number {
    return Real.now() + offset;
  }
}

globalThis.Date = Shifted as DateConstructor;
read();
process.on('SIGUSR2', () => {
  read();
  process.stderr.write(`clock: ${offset}\n`);
});
