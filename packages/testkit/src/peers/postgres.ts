// A real PostgreSQL server in a throw-away directory on a free loopback port. Refuses to be root, so runs as `postgres` when we are.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  /** Runs SQL in one database and returns what psql prints of it, unaligned. */
  query(database: string, sql: string): Promise<string>;
  /** Ends the server as an administrator in a hurry would (`SIGINT`), or as in a crash (`SIGQUIT`); its data stays for `start`. */
  shutDown(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** After `shutDown`: the same server on the same data and port. */
  start(): Promise<void>;
  /** Ends it for good. */
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
  const server = await initialise(programs, directory);
  const settings = { durable, port: chosenPort, wrapper };
  let running = await server.run(settings);
  const shutDown = async (signal: NodeJS.Signals = 'SIGINT') => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };

  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${chosenPort}/${database}`;
  const psql = async (database: string, sql: string): Promise<string> => {
    const { stdout } = await run(join(programs, 'psql'), [
      '-X',
      '-q',
      '-A',
      '-t',
      '-c',
      sql,
      urlOf(database),
    ]);
    return stdout.trim();
  };
  return {
    url: urlOf('postgres'),
    port: chosenPort,
    async createDatabase(name) {
      await psql('postgres', `create database ${name}`);
      return urlOf(name);
    },
    query: psql,
    shutDown,
    async start() {
      running = await server.run(settings);
    },
    async stop() {
      await shutDown();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const password = 'test';

interface Cluster {
  /** Starts the server and waits until it takes connections. */
  run(settings: {
    readonly durable: boolean;
    readonly port: number;
    readonly wrapper: readonly string[];
  }): Promise<ChildProcess>;
}

async function initialise(programs: string, directory: string): Promise<Cluster> {
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data);
  const owner = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (owner) for (const path of [directory, data, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const options = { ...owner, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };

  const account = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  await run(
    join(programs, 'initdb'),
    ['-D', data, ...account, '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    options,
  );
  return {
    async run({ durable, port, wrapper }) {
      const settings = [
        'listen_addresses=127.0.0.1',
        `port=${port}`,
        `unix_socket_directories=${directory}`,
        'max_connections=200',
      ];
      if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
      const set = settings.flatMap((setting) => ['-c', setting]);
      const [program = '', ...args] = [...wrapper, join(programs, 'postgres'), '-D', data, ...set];
      const server = spawn(program, args, { ...options, stdio: 'ignore' });
      await waitUntilReady(programs, port, server);
      return server;
    },
  };
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
