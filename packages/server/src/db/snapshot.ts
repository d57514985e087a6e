// Reads the whole database as it was at one moment, while servers go on writing; and puts rows back. For backups: it knows no table.
import { sql } from 'kysely';
import type { Db, Read, Tx } from './db.ts';

/** A table's rows as arrays in the order of `columns`; a batch at a time, so that memory does not grow with the table. */
export interface TableContent {
  readonly table: string;
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly (readonly unknown[])[]>;
}

const batchRows = 500;

/** Where each migration that ran is noted: not content, but what tells how to read it. */
const notes = 'schema_migrations';

/** Everything `work` reads is of the same moment. Needs a connection of its own for as long as it takes. */
export function readSnapshot<T>({ dialect, read }: Db, work: (read: Read) => Promise<T>): Promise<T> {
  const begin =
    dialect === 'postgres' ? sql`begin isolation level repeatable read read only` : sql`begin deferred`;
  return read.connection().execute(async (connection) => {
    await begin.execute(connection);
    try {
      return await work(connection);
    } finally {
      // Also after a lost connection, whose own error matters more.
      await sql`rollback`.execute(connection).catch(() => undefined);
    }
  });
}

/** Number of the newest migration that ran; undefined for a database that none ran on. */
export async function readSchemaNumber(read: Read, dialect: Db['dialect']): Promise<number | undefined> {
  if (!(await tableNames(read, dialect)).includes(notes)) return undefined;
  const { rows } = await sql<{ newest: number | null }>`
    select max(number) as newest from ${sql.table(notes)}`.execute(read);
  return rows[0]?.newest ?? undefined;
}

/** True when there is no table at all, whoever made it. */
export const holdsNothing = async (read: Read, dialect: Db['dialect']): Promise<boolean> =>
  (await tableNames(read, dialect)).length === 0;

/** Every table, those that others refer to first: put back in this order, no row refers to one that is not there yet. */
export async function* readTables(read: Read, dialect: Db['dialect']): AsyncGenerator<TableContent> {
  const names = (await tableNames(read, dialect)).filter((name) => name !== notes);
  for (const table of inOrder(names, await references(read, dialect))) {
    const columns = await columnNames(read, dialect, table);
    const rows = dialect === 'postgres' ? readByCursor(read, table) : readByStream(read, table);
    yield { table, columns, batches: inBatches(rows, columns) };
  }
}

/** Puts rows into a table that exists. */
export async function insertRows(
  tx: Tx,
  { table, columns }: Pick<TableContent, 'table' | 'columns'>,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => sql`(${sql.join([...row])})`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.id(name)))}) values ${sql.join(values)}`.execute(
    tx,
  );
}

type Row = Readonly<Record<string, unknown>>;

async function* readByStream(read: Read, table: string): AsyncGenerator<Row> {
  // The name comes from the database itself, not from the list of tables that the types know.
  yield* read
    .selectFrom(sql<Row>`${sql.table(table)}`.as('t'))
    .selectAll()
    .stream();
}

async function* readByCursor(read: Read, table: string): AsyncGenerator<Row> {
  await sql`declare rows_of_backup no scroll cursor for select * from ${sql.table(table)}`.execute(read);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(batchRows)} from rows_of_backup`.execute(read);
    yield* rows;
    if (rows.length < batchRows) break;
  }
  await sql`close rows_of_backup`.execute(read);
}

async function* inBatches(rows: AsyncIterable<Row>, columns: readonly string[]) {
  let batch: unknown[][] = [];
  for await (const row of rows) {
    batch.push(columns.map((name) => row[name]));
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function tableNames(read: Read, dialect: Db['dialect']): Promise<string[]> {
  const query =
    dialect === 'postgres'
      ? sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_type = 'BASE TABLE' order by table_name`
      : sql<{ name: string }>`select name from sqlite_master
          where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`;
  return (await query.execute(read)).rows.map(({ name }) => name);
}

async function columnNames(read: Read, dialect: Db['dialect'], table: string): Promise<string[]> {
  const query =
    dialect === 'postgres'
      ? sql<{ name: string }>`select column_name as name from information_schema.columns
          where table_schema = current_schema() and table_name = ${table} order by ordinal_position`
      : sql<{ name: string }>`select name from pragma_table_info(${table}) order by cid`;
  return (await query.execute(read)).rows.map(({ name }) => name);
}

interface Reference {
  readonly from: string;
  readonly to: string;
}

async function references(read: Read, dialect: Db['dialect']): Promise<readonly Reference[]> {
  const query =
    dialect === 'postgres'
      ? sql<Reference>`select f.relname as "from", t.relname as "to" from pg_constraint c
          join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
          where c.contype = 'f' and c.connamespace = current_schema()::regnamespace`
      : sql<Reference>`select m.name as "from", f."table" as "to"
          from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'`;
  return (await query.execute(read)).rows;
}

/** @throws Error when tables refer to each other in a circle */
function inOrder(names: readonly string[], all: readonly Reference[]): readonly string[] {
  const done: string[] = [];
  while (done.length < names.length) {
    const next = names.find(
      (name) =>
        !done.includes(name) &&
        all.every(({ from, to }) => from !== name || to === name || done.includes(to)),
    );
    if (next === undefined) throw new Error('tables refer to each other in a circle');
    done.push(next);
  }
  return done;
}
