// Row statements on SQLite: prepared once, run row by row inside the transaction that is open.
import type SqliteDatabase from 'better-sqlite3';
import { Unavailable } from '#platform/problem.ts';
import {
  type Change,
  type Find,
  type Insert,
  type Row,
  type WriteStatement,
  type Written,
} from './row-statement.ts';

export interface SqliteRows {
  find<P extends Row, R>(find: Find<P, R>, parameters: P): R | undefined;
  /** Inside a transaction. @returns false when the change was refused; nothing of it was written then */
  write(change: Change): boolean;
}

export function prepareRows(database: SqliteDatabase.Database): SqliteRows {
  const statements = new Map<object, SqliteDatabase.Statement>();
  const prepared = (of: object, text: () => string): SqliteDatabase.Statement => {
    const known = statements.get(of);
    if (known) return known;
    const statement = database.prepare(text());
    statements.set(of, statement);
    return statement;
  };
  const isWritten = ({ statement, row }: Written): boolean => {
    const run = prepared(statement, () => textOf(statement, row));
    switch (statement.kind) {
      case 'insert':
        return run.run(row).changes === 1;
      case 'update':
        return run.run(row).changes === 1 || !statement.required;
      case 'check':
        return run.get(row) !== undefined;
    }
  };
  const begin = database.prepare('savepoint change');
  const release = database.prepare('release change');
  const undo = database.prepare('rollback to change');

  return {
    find: (find, parameters) =>
      prepared(find, () => `select ${find.select} from ${find.from} where ${find.where}`).get(parameters) as
        | NonNullable<typeof find.found>
        | undefined,
    write(change) {
      begin.run();
      const written = change.every(isWritten);
      // A full disk can make SQLite end the whole transaction by itself (sqlite.org/lang_transaction.html, section 3).
      if (!database.inTransaction)
        throw new Unavailable('database', new Error('SQLite rolled the transaction back'));
      if (!written) undo.run();
      release.run();
      return written;
    },
  };
}

function textOf(statement: WriteStatement, row: Row): string {
  switch (statement.kind) {
    case 'insert':
      return insertText(statement, Object.keys(row));
    case 'update':
      return `update ${statement.table} set ${statement.set} where ${statement.where}`;
    case 'check':
      return `select 1 from ${statement.from} where ${statement.where}`;
  }
}

const insertText = ({ table, unique }: Insert, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) values (${columns.map((each) => `:${each}`).join(', ')})` +
  (unique.length > 0 ? ' on conflict do nothing' : '');
