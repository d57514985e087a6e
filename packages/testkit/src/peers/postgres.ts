// A real PostgreSQL server in a throw-away directory on a free loopback port. Refuses to be root, so runs as `postgres` when we are.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';

const run = promisify(execFile);

export interface PostgresPeer {
  readonly url: string;
  readonly port: number;
  /** URL of another, fresh database on the same server. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server and keeps its data: `SIGQUIT` as in a crash, nothing is written any more; `SIGINT` in good order. */
  interrupt(signal: 'SIGQUIT' | 'SIGINT'): Promise<void>;
  /** Starts it again on the same data and port, and waits until it is ready. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Directory of the newest installed server's programs, or undefined where there is none. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const newest = readdirSync(root)
    .filter((version) => existsSync(join(root, version, 'bin', 'initdb')))
    .toSorted((a, b) => Number(a) - Number(b))
    .at(-1);
  return newest === undefined ? undefined : join(root, newest, 'bin');
}

/**
 * @param durable with fsync, as in production; without it, tests are faster.
 * @param wrapper a program that runs the server, with its arguments.
 */
export async function startPostgres({
  durable = false,
  port,
  wrapper = [],
}: {
  durable?: boolean;
  port?: number;
  wrapper?: readonly string[];
} = {}): Promise<PostgresPeer> {
  const programs = findPostgres();
  if (programs === undefined)
    throw new Error('no PostgreSQL server is installed (Debian package postgresql)');
  const directory = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  const chosenPort = port ?? (await freePort());
  await initialise(programs, directory);
  const launch = async () => {
    const started = startIn(programs, directory, { durable, port: chosenPort, wrapper });
    await waitUntilReady(programs, chosenPort, started);
    return started;
  };
  let server = await launch();
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const stopped = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.kill(signal);
    await stopped;
  };

  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${chosenPort}/${database}`;
  return {
    url: urlOf('postgres'),
    port: chosenPort,
    async createDatabase(name) {
      await run(join(programs, 'psql'), ['-X', '-q', '-c', `create database ${name}`, urlOf('postgres')]);
      return urlOf(name);
    },
    interrupt: end,
    async resume() {
      server = await launch();
    },
    async stop() {
      await end('SIGINT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const password = 'test';

/** Whose the data is, and how programs are run on it. */
function optionsIn(directory: string) {
  const owner = process.getuid?.() === 0 ? postgresUser() : undefined;
  return { ...owner, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
}

async function initialise(programs: string, directory: string): Promise<void> {
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data);
  const options = optionsIn(directory);
  const { uid, gid } = { uid: undefined, gid: undefined, ...options };
  if (uid !== undefined && gid !== undefined)
    for (const path of [directory, data, passwordFile]) chownSync(path, uid, gid);
  const account = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const form = ['-E', 'UTF8', '--locale=C.UTF-8', '-N'];
  await run(join(programs, 'initdb'), ['-D', data, ...account, ...form], options);
}

function startIn(
  programs: string,
  directory: string,
  { durable, port, wrapper }: { durable: boolean; port: number; wrapper: readonly string[] },
): ChildProcess {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${directory}`,
    'max_connections=200',
  ];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const set = settings.flatMap((setting) => ['-c', setting]);
  const options = { ...optionsIn(directory), stdio: 'ignore' } as const;
  const data = join(directory, 'data');
  const [program = '', ...args] = [...wrapper, join(programs, 'postgres'), '-D', data, ...set];
  return spawn(program, args, options);
}

async function waitUntilReady(programs: string, port: number, server: ChildProcess): Promise<void> {
  const ask = ['-q', '-h', '127.0.0.1', '-p', String(port)];
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} while starting`);
    if (await run(join(programs, 'pg_isready'), ask).catch(() => undefined)) return;
  }
  throw new Error('PostgreSQL was not ready within 20 seconds');
}

function postgresUser(): { uid: number; gid: number } {
  const id = (what: '-u' | '-g') =>
    Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}
