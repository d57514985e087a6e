// Everything in a database, to compare two: schema and rows, in an order of their own.
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { psql, query, type Stored } from '../query.ts';

export interface Content {
  readonly schema: readonly string[];
  /** Rows of each table, as JSON. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
}

export async function contentOf(stored: Stored): Promise<Content> {
  const { schema, tables } =
    stored.databaseUrl === undefined ? sqliteSchema(stored) : await postgresSchema(stored);
  const texts = (all: readonly unknown[]) => all.map((row) => JSON.stringify(row)).toSorted();
  const found =
    stored.databaseUrl === undefined
      ? await Promise.all(tables.map((table) => query(stored, `select * from ${table}`)))
      : await postgresRows(stored.databaseUrl, tables);
  const rows = Object.fromEntries(tables.map((table, n) => [table, texts(found[n] ?? [])]));
  return { schema: schema.toSorted(), rows };
}

/** All tables at once: each call of psql is a process. */
async function postgresRows(databaseUrl: string, tables: readonly string[]): Promise<unknown[][]> {
  const each = tables.map((table) => `(select coalesce(json_agg(t), '[]') from ${table} t)`);
  return JSON.parse(await psql(databaseUrl, `select json_build_array(${each.join(', ')})`)) as unknown[][];
}

function sqliteSchema({ dataDirectory }: Stored) {
  const database = new DatabaseSync(join(dataDirectory, 'countersign.db'), { readOnly: true });
  const objects = database.prepare('select type, name, sql from sqlite_master').all();
  database.close();
  const tables = objects.filter(({ type }) => type === 'table').map(({ name }) => String(name));
  return { schema: objects.map((object) => JSON.stringify(object)), tables };
}

async function postgresSchema(stored: Stored) {
  const columns = await query<{ table_name: string }>(
    stored,
    `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = 'public'`,
  );
  const indexes = await query(stored, "select indexdef from pg_indexes where schemaname = 'public'");
  const constraints = await query(
    stored,
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition from pg_constraint
      where connamespace = 'public'::regnamespace`,
  );
  const schema = [...columns, ...indexes, ...constraints].map((each) => JSON.stringify(each));
  return { schema, tables: [...new Set(columns.map(({ table_name: name }) => name))] };
}

/** Runs the statements of a file's text in a database that is empty. */
export async function loadInto({ databaseUrl, dataDirectory }: Stored, statements: string): Promise<void> {
  if (databaseUrl !== undefined) {
    await psql(databaseUrl, statements);
    return;
  }
  const database = new DatabaseSync(join(dataDirectory, 'countersign.db'));
  database.exec('pragma journal_mode = wal');
  database.exec(statements);
  database.close();
}
