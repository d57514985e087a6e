// Log lines that a sender can cause at will: the first few of each kind are written, the rest is counted and told once a minute, so
// that a flood of packets is no flood of lines and nothing goes unmentioned.
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export interface LineKind {
  /** Short and fixed, such as `malformed`; never made from what a sender sent. */
  readonly name: string;
  readonly level: 'info' | 'warn' | 'error';
  /** The line itself, and what the summary repeats. */
  readonly words: string;
  /** How many lines in a minute about one subject (an address, say), and about all together. */
  readonly perSubject?: number;
  readonly inAll?: number;
}

export interface SampledLines {
  /** @param describe makes the fields of the line; called only when it is written. */
  write(kind: LineKind, subject: string, describe: () => Record<string, unknown>): void;
  /** Tells what was left out so far, and no more. */
  stop(): void;
}

export const usualLines = { perSubject: 5, inAll: 50 } as const;
export const windowMs = 60_000;
/** There are a few dozen kinds; a defect that made their names up must not fill the memory. */
const maxKinds = 500;

interface Window {
  readonly kind: LineKind;
  written: number;
  leftOut: number;
  /** Only of subjects that got a line: never more than `inAll`. */
  readonly bySubject: Map<string, number>;
}

/** @param leftOut is told of each line that is not written. */
export function createSampledLines(
  { log, clock }: { log: Log; clock: Clock },
  leftOut: (kind: string) => void = () => undefined,
): SampledLines {
  const windows = new Map<string, Window>();
  let endsAt = clock.monotonic() + windowMs;

  const summarise = (): void => {
    for (const { kind, leftOut: count } of windows.values())
      if (count > 0)
        log[kind.level](
          { kind: kind.name, left_out: count },
          `${count.toLocaleString('en')} more like this in the last minute: ${kind.words}`,
        );
    windows.clear();
    endsAt = clock.monotonic() + windowMs;
  };
  const windowOf = (kind: LineKind): Window | undefined => {
    const known = windows.get(kind.name);
    if (known || windows.size >= maxKinds) return known;
    const window = { kind, written: 0, leftOut: 0, bySubject: new Map<string, number>() };
    windows.set(kind.name, window);
    return window;
  };
  const timer = setInterval(summarise, windowMs);
  timer.unref();

  return {
    write(kind, subject, describe) {
      // By the clock, too: a busy loop is late with its timers.
      if (clock.monotonic() >= endsAt) summarise();
      const window = windowOf(kind);
      if (window === undefined || !hasRoom(window, subject)) {
        if (window) window.leftOut += 1;
        return leftOut(kind.name);
      }
      window.written += 1;
      window.bySubject.set(subject, (window.bySubject.get(subject) ?? 0) + 1);
      log[kind.level](describe(), kind.words);
    },
    stop() {
      clearInterval(timer);
      summarise();
    },
  };
}

function hasRoom({ kind, written, bySubject }: Window, subject: string): boolean {
  const { perSubject = usualLines.perSubject, inAll = usualLines.inAll } = kind;
  return written < inAll && (bySubject.get(subject) ?? 0) < perSubject;
}
