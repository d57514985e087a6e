// Ten thousand users are written straight into the database: copies of one that the product itself made, whatever its columns are.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { findPostgres } from '@countersign/testkit/peers/postgres.ts';
import { userNameOf } from '../load/request-packets.ts';
import type { Countersign } from './countersign.ts';

/** A database of either kind, as far as copying rows goes. */
export interface RawDatabase {
  columnsOf(table: string): Promise<readonly string[]>;
  run(sql: string): Promise<void>;
  /** What a query gives as `v`. */
  value(sql: string): Promise<string>;
  /** SQL of the numbers 1 to n, as a table `numbers (i)`. */
  readonly numbers: (n: number) => string;
}

export function rawDatabaseOf({ installation }: Countersign): RawDatabase {
  const url = installation.env['DATABASE_URL'];
  return url === undefined ? rawSqlite(join(installation.dataDirectory, 'countersign.db')) : rawPostgres(url);
}

function rawSqlite(file: string): RawDatabase {
  const using = <T>(action: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(file);
    db.exec('pragma busy_timeout = 5000');
    try {
      return action(db);
    } finally {
      db.close();
    }
  };
  return {
    columnsOf: async (table) =>
      using((db) =>
        db
          .prepare(`select name from pragma_table_info('${table}')`)
          .all()
          .map((row) => String(row['name'])),
      ),
    run: async (sql) => using((db) => db.exec(sql)),
    value: async (sql) => using((db) => String(db.prepare(sql).get()?.['v'])),
    numbers: (n) =>
      `with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${n})`,
  };
}

/** Runs SQL with psql, which is there wherever the server is. @returns its output, a row a line */
export async function psql(url: string, sql: string): Promise<string> {
  const program = join(findPostgres() ?? '', 'psql');
  const result = await runProgram(
    [program, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-', url],
    { input: sql },
  );
  if (result.code !== 0) throw new Error(`psql: ${result.stderr.slice(0, 2000)}`);
  return result.stdout;
}

function rawPostgres(url: string): RawDatabase {
  return {
    columnsOf: async (table) => {
      const found = await psql(
        url,
        `select column_name from information_schema.columns where table_name = '${table}' order by ordinal_position`,
      );
      return found.split('\n').filter((line) => line !== '');
    },
    run: async (sql) => {
      await psql(url, sql);
    },
    value: async (sql) => (await psql(url, sql)).trim(),
    numbers: (n) => `with numbers (i) as (select generate_series(1::bigint, ${n}))`,
  };
}

/** Ids and the like that differ only in their last seven characters: a number of seven digits in both dialects. */
const numbered = (column: string): string => `substr(${column}, 1, length(${column}) - 7) || (1000000 + i)`;

/** Copies the only row of a table n times; these columns are computed from the number `i` and the row itself. */
async function copyRow(
  db: RawDatabase,
  {
    table,
    n,
    where,
    computed,
  }: { table: string; n: number; where: string; computed: Readonly<Record<string, string>> },
): Promise<void> {
  const columns = await db.columnsOf(table);
  const values = columns.map((column) => computed[column] ?? column);
  await db.run(
    `insert into ${table} (${columns.join(', ')}) ${db.numbers(n)} select ${values.join(', ')} from ${table}, numbers where ${where};`,
  );
}

/** Makes users 0 to n - 1 of the pool; their ids. @param password of all of them; the server hashes it once */
export async function addManyUsers(
  server: Countersign,
  n: number,
  applicationId: string = server.applicationId,
  password?: string,
): Promise<readonly string[]> {
  const first = userNameOf(0);
  const { id } = await server.installation.json<{ id: string }>(
    [
      ...['users', 'create', '--application', applicationId, '--username', first],
      ...(password === undefined ? [] : ['--password-env', 'PASSWORD']),
    ],
    { env: { PASSWORD: password } },
  );
  const name = `'${first.slice(0, -7)}' || (1000000 + i)`;
  await copyRow(rawDatabaseOf(server), {
    table: 'users',
    n: n - 1,
    where: `id = '${id}'`,
    computed: { id: numbered('id'), username: name, username_key: name, search_key: `${name} || '\n\n'` },
  });
  return [id, ...Array.from({ length: n - 1 }, (_, user) => `${id.slice(0, -7)}${1_000_001 + user}`)];
}

/** Gives users 1 to n - 1 a device like that of user 0, which nobody holds: it can be asked, and never answers. */
export async function addManyDevices(server: Countersign, n: number): Promise<void> {
  await copyRow(rawDatabaseOf(server), {
    table: 'devices',
    n: n - 1,
    where: 'true',
    computed: {
      id: numbered('id'),
      user_id: numbered('user_id'),
      key_thumbprint: numbered('key_thumbprint'),
    },
  });
}

/** Copies one pending auth request with its challenge n times, for each of so many users in turn. */
export async function addPendingRows(server: Countersign, n: number, users: number): Promise<void> {
  const db = rawDatabaseOf(server);
  const id = await db.value(`select min(id) as v from auth_requests where status = 'pending'`);
  const user = `substr(user_id, 1, length(user_id) - 7) || (1000001 + i % ${users - 1})`;
  const unique = Object.fromEntries(
    ['id', 'door_context', 'state_hash', 'packet_digest'].map(
      (column) => [column, numbered(column)] as const,
    ),
  );
  await copyRow(db, {
    table: 'auth_requests',
    n,
    where: `id = '${id}'`,
    computed: { ...unique, user_id: user },
  });
  await copyRow(db, {
    table: 'challenges',
    n,
    where: `auth_request_id = '${id}'`,
    computed: { id: numbered('id'), auth_request_id: numbered('auth_request_id'), user_id: user },
  });
}

export const countPending = async (server: Countersign): Promise<number> =>
  Number(
    await rawDatabaseOf(server).value(`select count(*) as v from auth_requests where status = 'pending'`),
  );
