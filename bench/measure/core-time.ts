// How busy each core was while something ran: whoever is at 100 % is what was measured.
import { readFileSync } from 'node:fs';

interface CoreTime {
  readonly busy: number;
  readonly all: number;
}

/** proc(5), /proc/stat: user nice system idle iowait irq softirq steal. */
function readCores(): readonly CoreTime[] {
  return readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .filter((line) => /^cpu[0-9]/.test(line))
    .map((line) => {
      const ticks = line.split(/\s+/).slice(1, 9).map(Number);
      const all = ticks.reduce((sum, each) => sum + each, 0);
      return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
    });
}

/** Begins to count; the returned function gives the share (0 to 1) of each core that was in use since. */
export function watchCores(): () => readonly number[] {
  const before = readCores();
  return () =>
    readCores().map(({ busy, all }, core) => {
      const since = before[core] ?? { busy: 0, all: 0 };
      return (busy - since.busy) / Math.max(1, all - since.all);
    });
}
