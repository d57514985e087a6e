// Runs commands in this process, on an installation in a directory of its own, with streams that the test fills and reads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Served, StartServer } from './context.ts';
import type { Input, Io, StopSignal } from './io.ts';
import { runCli } from './run.ts';

export interface RunOptions {
  /** What is on standard input, or typed at the terminal. */
  readonly stdin?: string;
  /** Standard input and output are a terminal. */
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly startServer?: StartServer;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Raw bytes of standard output. */
  readonly bytes: Buffer;
}

export interface Bench {
  readonly directory: string;
  readonly env: Record<string, string>;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs with --json and gives the document. Fails when the command does. */
  json<T = Record<string, unknown>>(argv: readonly string[], options?: RunOptions): Promise<T>;
  remove(): Promise<void>;
}

const neverStarted: StartServer = () => Promise.reject(new Error('no server in this test'));

/** An empty data directory; `migrate` or `serve` makes the installation. @param databaseUrl PostgreSQL. */
export function createBench(databaseUrl?: string): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  const env: Record<string, string> = {
    COUNTERSIGN_DATA_DIR: join(directory, 'data'),
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  };
  const run = (argv: readonly string[], options: RunOptions = {}) => runWith(env, argv, options);
  return {
    directory,
    env,
    run,
    async json<T>(argv: readonly string[], options: RunOptions = {}) {
      const { code, out, err } = await run([...argv, '--json'], options);
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${err}`);
      return JSON.parse(out) as T;
    },
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function runWith(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  { stdin = '', tty = false, env: more = {}, startServer = neverStarted }: RunOptions,
): Promise<Ran> {
  const out: Buffer[] = [];
  let err = '';
  const input: Input = Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]);
  input.setRawMode = () => undefined;
  const io: Io = {
    out: (data) => void out.push(Buffer.from(data)),
    err: (text) => {
      err += text;
    },
    log: { write: (line) => void out.push(Buffer.from(line)) },
    in: input,
    isTTY: { in: tty, out: tty },
    columns: 100,
    env: { ...env, ...more },
    onSignal: () => () => undefined,
    onHangup: () => () => undefined,
    exitNow: (code) => {
      throw new Error(`ended at once with ${code}`);
    },
  };
  const code = await runCli(argv, io, startServer);
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString('utf8'), err, bytes };
}

/** An Io for what a bench does not reach: signals. */
export function signalIo(env: Readonly<Record<string, string>>) {
  const received: ((signal: StopSignal) => void)[] = [];
  const said = { out: '', err: '', exits: [] as number[] };
  const io: Io = {
    out: (data) => {
      said.out += data.toString();
    },
    err: (text) => {
      said.err += text;
    },
    log: { write: () => undefined },
    in: Readable.from([]),
    isTTY: { in: false, out: false },
    columns: 100,
    env,
    onSignal(handler) {
      received.push(handler);
      return () => void received.splice(received.indexOf(handler), 1);
    },
    onHangup: () => () => undefined,
    exitNow: (code) => void said.exits.push(code),
  };
  const send = (signal: StopSignal) => {
    for (const handler of received) handler(signal);
  };
  return { io, said, send, listeners: () => received.length };
}

export const fakeServed = (stop: () => Promise<void>): Served => ({
  addresses: {
    http: [{ host: '127.0.0.1', port: 8080 }],
    radius: [
      { host: '0.0.0.0', port: 1812 },
      { host: '::', port: 1812 },
    ],
  },
  stop,
});
