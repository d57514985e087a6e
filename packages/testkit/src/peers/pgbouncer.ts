// A real PgBouncer before a PostgreSQL peer, in either pooling mode.
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import { freePort } from './ports.ts';

export const hasPgbouncer = (): boolean => findProgram('pgbouncer') !== undefined;

export interface PgbouncerOptions {
  readonly mode: 'session' | 'transaction';
  /** Connections to PostgreSQL for each database. */
  readonly poolSize?: number;
  /** More lines of the section [pgbouncer]. */
  readonly settings?: readonly string[];
}

export interface Pgbouncer {
  /** The URL of a database by way of it. */
  through(databaseUrl: string): string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** @param databaseUrl of any database of the server; user and password are taken from it */
export async function startPgbouncer(
  databaseUrl: string,
  { mode, poolSize = 10, settings = [] }: PgbouncerOptions,
): Promise<Pgbouncer> {
  const program = requireProgram('pgbouncer', 'pgbouncer');
  const server = new URL(databaseUrl);
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'countersign-pgbouncer-'));
  const users = join(directory, 'users');
  writeFileSync(users, `"${server.username}" "${server.password}"\n`, { mode: 0o600 });
  const lines = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 200',
    ...settings,
  ];
  const configuration = join(directory, 'pgbouncer.ini');
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 });
  const asRoot = process.getuid?.() === 0;
  // It refuses to be root.
  if (asRoot) for (const path of [directory, users, configuration]) giveTo('postgres', path);
  const pgbouncer = await startProgram([program, ...(asRoot ? ['-u', 'postgres'] : []), configuration]);
  await pgbouncer.until('it listens', () => /process up/.test(pgbouncer.stderr()) || undefined);
  return {
    through(url) {
      const other = new URL(url);
      other.host = `127.0.0.1:${port}`;
      return other.href;
    },
    log: pgbouncer.stderr,
    async stop() {
      pgbouncer.kill('SIGKILL');
      await pgbouncer.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function giveTo(user: string, path: string): void {
  const id = (what: '-u' | '-g') => Number(execFileSync('id', [what, user], { encoding: 'utf8' }));
  chownSync(path, id('-u'), id('-g'));
}
