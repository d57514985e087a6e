// Statements about one row, with `:name` for what differs from row to row. SQLite runs them row by row; PostgreSQL runs one statement
// for many rows, so that however many logins are under way, each step of theirs is one round trip.
import type { Tables } from './tables.ts';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;
export type ValueType = 'text' | 'bigint';

/** The parameters of a statement, by name. */
export type Parameters<P extends Row> = { readonly [K in keyof P & string]: ValueType };

/** One row that is gained. With `unique`, the columns by which it may be there already: then nothing is written. */
export interface Insert {
  readonly kind: 'insert';
  readonly table: keyof Tables;
  readonly unique: readonly string[];
}

/** One row that changes; columns are written `table.column`. */
export interface Update {
  readonly kind: 'update';
  readonly table: keyof Tables;
  readonly parameters: Parameters<Row>;
  readonly set: string;
  readonly where: string;
  /** Whether it must find its row. */
  readonly required: boolean;
}

/** One row that must be there. */
export interface Check {
  readonly kind: 'check';
  readonly parameters: Parameters<Row>;
  readonly from: string;
  readonly where: string;
}

/** What is looked for; `from` may join, and `where` is the whole condition and what follows it. */
export interface Find<P extends Row, R> {
  readonly parameters: Parameters<P>;
  readonly select: string;
  readonly from: string;
  readonly where: string;
  /** Never there; it carries the type of what is found. */
  readonly found?: R;
}

export type WriteStatement = Insert | Update | Check;

/** A statement with the values of one row. */
export interface Written {
  readonly statement: WriteStatement;
  readonly row: Row;
}

/** What is written together or not at all, in this order. */
export type Change = readonly Written[];

export const insertInto = <T extends keyof Tables>(
  table: T,
  unique: readonly (keyof Tables[T] & string)[] = [],
): ((row: Tables[T]) => Written) => {
  const statement: Insert = { kind: 'insert', table, unique };
  // An interface is not known to have no other fields; a copy of each row would be all that a cast saves.
  return (row) => ({ statement, row: row as unknown as Row });
};

export const updateOf = <P extends Row & { readonly id: string }>(
  update: Omit<Update, 'kind' | 'parameters'> & { parameters: Parameters<P> },
) => {
  const statement: Update = { kind: 'update', ...update };
  return (row: P): Written => ({ statement, row });
};

export const checkOf = <P extends Row>(
  check: Omit<Check, 'kind' | 'parameters'> & { parameters: Parameters<P> },
) => {
  const statement: Check = { kind: 'check', ...check };
  return (row: P): Written => ({ statement, row });
};

/** Names the row that is written, for whoever must not write the same row twice in one PostgreSQL statement. */
export function writtenRow({ statement, row }: Written): string | undefined {
  switch (statement.kind) {
    case 'update':
      return JSON.stringify([statement.table, row['id']]);
    case 'insert':
      return statement.unique.length === 0
        ? undefined
        : JSON.stringify([statement.table, ...statement.unique.map((column) => row[column])]);
    case 'check':
      return undefined;
  }
}

/** `:name` as the dialect writes it; a double colon is PostgreSQL's cast. */
export const fillIn = (text: string, write: (name: string) => string): string =>
  text.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => write(name));
