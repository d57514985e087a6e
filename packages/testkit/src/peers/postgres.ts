// A real PostgreSQL server in a throw-away directory on a free loopback port. Refuses to be root, so runs as `postgres` when we are.
import { execFile, execFileSync, spawn } from 'node:child_process';
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

/** @param durable with fsync, as in production; without it, tests are faster. */
export async function startPostgres({
  durable = false,
  port,
}: {
  durable?: boolean;
  port?: number;
} = {}): Promise<PostgresPeer> {
  const programs = findPostgres();
  if (programs === undefined)
    throw new Error('no PostgreSQL server is installed (Debian package postgresql)');
  const owner = process.getuid?.() === 0 ? postgresUser() : undefined;
  const directory = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, 'test', { mode: 0o600 });
  mkdirSync(data);
  if (owner) for (const path of [directory, data, passwordFile]) chownSync(path, owner.uid, owner.gid);

  const options = { ...owner, cwd: directory, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  const initdb = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '-N',
  ];
  await run(join(programs, 'initdb'), initdb, options);

  const chosenPort = port ?? (await freePort());
  const settings = [
    `listen_addresses=127.0.0.1`,
    `port=${chosenPort}`,
    `unix_socket_directories=${directory}`,
    'max_connections=200',
  ];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  );
  const stopped = new Promise<void>((resolve) => server.once('exit', () => resolve()));

  const urlOf = (database: string) => `postgres://postgres:test@127.0.0.1:${chosenPort}/${database}`;
  const sql = (text: string) => run(join(programs, 'psql'), ['-X', '-q', '-c', text, urlOf('postgres')]);
  const ready = await run(join(programs, 'pg_isready'), [
    '-q',
    '-h',
    '127.0.0.1',
    '-p',
    String(chosenPort),
    '-t',
    '20',
  ]).catch(() => undefined);
  if (!ready) await waitUntilReady(programs, chosenPort, server);
  return {
    url: urlOf('postgres'),
    port: chosenPort,
    async createDatabase(name) {
      await sql(`create database ${name}`);
      return urlOf(name);
    },
    async stop() {
      server.kill('SIGINT');
      await stopped;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(
  programs: string,
  port: number,
  server: { exitCode: number | null },
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode} while starting`);
    const answer = await run(join(programs, 'pg_isready'), [
      '-q',
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
    ]).catch(() => undefined);
    if (answer) return;
  }
  throw new Error('PostgreSQL was not ready within 20 seconds');
}

function postgresUser(): { uid: number; gid: number } {
  const id = (what: '-u' | '-g') =>
    Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}
