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
    numbers: (n) => `with numbers (i) as (select generate_series(1, ${n}))`,
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

/** Makes users 0 to n - 1 of the pool. */
export async function addManyUsers(server: Countersign, n: number): Promise<void> {
  const { installation, applicationId } = server;
  const first = userNameOf(0);
  const { id } = await installation.json<{ id: string }>([
    'users',
    'create',
    '--application',
    applicationId,
    '--username',
    first,
  ]);
  const name = `'${first.slice(0, -7)}' || (1000000 + i)`;
  await copyRow(rawDatabaseOf(server), {
    table: 'users',
    n: n - 1,
    where: `id = '${id}'`,
    computed: { id: numbered('id'), username: name, username_key: name },
  });
}
