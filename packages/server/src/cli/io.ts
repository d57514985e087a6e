// What a command sees of the world: streams, environment, signals. Handed in, so that tests run commands without a process.
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';

export interface Input extends Readable {
  /** Only a terminal has it. */
  setRawMode?(mode: boolean): unknown;
}

export type StopSignal = 'SIGTERM' | 'SIGINT';

export interface Io {
  /** Standard output: results, and nothing else. */
  out(data: string | Uint8Array): void;
  /** Standard error: words for a person. */
  err(text: string): void;
  /** Where the server's log goes. Default: standard output, by the logger's own fast way. */
  readonly log?: { write(line: string): void };
  readonly in: Input;
  readonly isTTY: { readonly in: boolean; readonly out: boolean };
  /** Width of the terminal, in characters. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back at each signal until the returned function is called. */
  onSignal(received: (signal: StopSignal) => void): () => void;
  /** Calls back at each SIGHUP until the returned function is called. */
  onHangup(received: () => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

const widthWithoutTerminal = 100;

/** The real process. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  // `countersign … | head` closes our output early; that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (data) => void stdout.write(data),
    err: (text) => void stderr.write(text),
    // A getter: merely touching standard input opens it.
    get in() {
      return process.stdin;
    },
    isTTY: { in: isatty(0), out: isatty(1) },
    columns: stdout.isTTY ? stdout.columns : widthWithoutTerminal,
    env,
    onSignal(received) {
      const signals = ['SIGTERM', 'SIGINT'] as const;
      for (const signal of signals) process.on(signal, received);
      return () => {
        for (const signal of signals) process.off(signal, received);
      };
    },
    onHangup(received) {
      process.on('SIGHUP', received);
      return () => void process.off('SIGHUP', received);
    },
    exitNow: (code) => process.exit(code),
  };
}
