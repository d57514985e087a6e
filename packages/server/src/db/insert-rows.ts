// Many rows in one statement: written as text, since a query builder takes longer over thousands of values than the database does.
import { CompiledQuery } from 'kysely';
import type { Db, Tx } from './db.ts';
import type { Tables } from './tables.ts';

type Value = string | number | null;

/** SQLite takes 32,766 values in a statement, PostgreSQL 65,535. */
const maxValues = 8000;

/** The placeholders of rows of so many columns: `(?, ?), (?, ?)`, or `($1, $2), …`. */
export function placeholders(dialect: Db['dialect'], rows: number, columns: number): string {
  let n = 0;
  const one = () => (dialect === 'postgres' ? `$${++n}` : '?');
  const row = () => `(${Array.from({ length: columns }, one).join(', ')})`;
  return Array.from({ length: rows }, row).join(', ');
}

/** As many of the rows at once as a statement of so many columns takes. */
export function inChunks<T>(rows: readonly T[], columns: number): readonly (readonly T[])[] {
  const size = Math.max(1, Math.floor(maxValues / columns));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, n) =>
    rows.slice(n * size, (n + 1) * size),
  );
}

/** @param rows all with the same columns */
export async function insertRows<T extends keyof Tables>(
  tx: Tx,
  dialect: Db['dialect'],
  table: T,
  rows: readonly (Tables[T] & Readonly<Record<keyof Tables[T], Value>>)[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first) as (keyof Tables[T] & string)[];
  for (const chunk of inChunks(rows, columns.length)) {
    const values = chunk.flatMap((row) => columns.map((column): Value => row[column]));
    const text = `insert into ${table} (${columns.join(', ')}) values ${placeholders(dialect, chunk.length, columns.length)}`;
    await tx.executeQuery(CompiledQuery.raw(text, values));
  }
}
