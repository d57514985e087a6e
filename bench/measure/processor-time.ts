// What processors did while something ran: how busy each core was, and how much of it the measured product itself used, which stays
// true on a machine that others use as well.
import { readdirSync, readFileSync } from 'node:fs';

interface CoreTime {
  readonly busy: number;
  readonly all: number;
}

export interface ProcessorTime {
  /** Share (0 to 1) of each core that was in use by anybody. */
  readonly coresBusy: readonly number[];
  /** Milliseconds of processor that everything started by this process used, apart from what was excepted. */
  readonly usedMs: number;
}

/** Linux counts in hundredths of a second, whatever the kernel's own clock (sysconf(3), _SC_CLK_TCK). */
const msPerTick = 10;

/**
 * Begins to count; the returned function tells what has happened since.
 * @param except a process whose time is not counted, nor that of its children: the load.
 */
export function watchProcessors(except: number): () => ProcessorTime {
  const cores = readCores();
  const used = readDescendants(except);
  return () => {
    const ticks = [...readDescendants(except)].map(([pid, now]) => now - (used.get(pid) ?? 0));
    return {
      coresBusy: readCores().map(({ busy, all }, core) => {
        const since = cores[core] ?? { busy: 0, all: 0 };
        return (busy - since.busy) / Math.max(1, all - since.all);
      }),
      usedMs: ticks.reduce((sum, each) => sum + each, 0) * msPerTick,
    };
  };
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

/** Ticks used by each process below this one. */
function readDescendants(except: number): ReadonlyMap<number, number> {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const fields = readStat(pid);
    if (!fields) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    ticks.set(pid, Number(fields[11]) + Number(fields[12]));
  }
  const found = new Map<number, number>();
  const visit = (pid: number): void => {
    for (const child of children.get(pid) ?? []) {
      if (child === except) continue;
      found.set(child, ticks.get(child) ?? 0);
      visit(child);
    }
  };
  visit(process.pid);
  return found;
}

/** proc(5), /proc/PID/stat from the third field on (state, parent, …); undefined when the process has ended. */
function readStat(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
