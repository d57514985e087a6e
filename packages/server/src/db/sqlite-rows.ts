// Row statements on SQLite: prepared once, run row by row inside the transaction that is open.
import type SqliteDatabase from 'better-sqlite3';
import { Unavailable } from '#platform/problem.ts';
import {
  type Change,
  type Check,
  fillIn,
  type Find,
  type Insert,
  type Parameters,
  type Row,
  type Update,
  type ValueType,
  type WriteStatement,
  type Written,
} from './row-statement.ts';
import { isBusy } from './unavailable.ts';

export interface SqliteRows {
  find<P extends Row, R>(find: Find<P, R>, parameters: P): R[];
  /** Inside a transaction. @returns false when the change was refused; nothing of it was written then */
  write(change: Change): boolean;
  inTransaction(): boolean;
  /** A transaction of its own, durable when it returns. @returns undefined when another process writes: it is not waited for here */
  transact<T>(work: () => T): T | undefined;
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
  const columns = new Map<Insert, readonly string[]>();
  const insert = (statement: Insert, row: Row): boolean => {
    const names = columns.get(statement) ?? Object.keys(row);
    columns.set(statement, names);
    // By position: better-sqlite3 takes longer to find each value by its name than SQLite to write it.
    const values = names.map((name) => row[name]);
    return prepared(statement, () => insertText(statement, names)).run(values).changes === 1;
  };
  const isWritten = ({ statement, row }: Written): boolean => {
    switch (statement.kind) {
      case 'insert':
        return insert(statement, row);
      case 'update':
        return prepared(statement, () => updateText(statement)).run(row).changes === 1 || !statement.required;
      case 'check':
        return prepared(statement, () => checkText(statement)).get(row) !== undefined;
    }
  };
  /** A full disk can make SQLite end the whole transaction by itself (sqlite.org/lang_transaction.html, section 3). */
  const requireTransaction = (written: boolean): boolean => {
    if (database.inTransaction) return written;
    throw new Unavailable('database', new Error('SQLite rolled the transaction back'));
  };
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const save = database.prepare('savepoint change');
  const release = database.prepare('release change');
  const undo = database.prepare('rollback to change');

  return {
    find: <P extends Row, R>(find: Find<P, R>, parameters: P) =>
      prepared(find, () =>
        castIn(`select ${find.select} from ${find.from} where ${find.where}`, find.parameters),
      ).all(parameters) as R[],
    write(change) {
      if (!mayNeedUndo(change)) return requireTransaction(change.every(isWritten));
      save.run();
      const written = requireTransaction(change.every(isWritten));
      if (!written) undo.run();
      release.run();
      return written;
    },
    inTransaction: () => database.inTransaction,
    transact(work) {
      try {
        begin.run();
      } catch (error) {
        if (isBusy(error)) return undefined;
        throw error;
      }
      try {
        const done = work();
        commit.run();
        return done;
      } finally {
        // A full disk may have ended it already.
        if (database.inTransaction) rollback.run();
      }
    },
  };
}

/** Whether a statement can be refused when one before it has written already. */
function mayNeedUndo(change: Change): boolean {
  const firstWrite = change.findIndex(({ statement }) => statement.kind !== 'check');
  return change.some(({ statement }, n) => firstWrite >= 0 && n > firstWrite && mayBeRefused(statement));
}

const mayBeRefused = (statement: WriteStatement): boolean =>
  statement.kind === 'check' ||
  (statement.kind === 'insert' ? statement.unique.length > 0 : statement.required);

const updateText = ({ table, set, where, parameters }: Update): string =>
  castIn(`update ${table} set ${set} where ${where}`, parameters);

const checkText = ({ from, where, parameters }: Check): string =>
  castIn(`select 1 from ${from} where ${where}`, parameters);

const castTo: Readonly<Record<ValueType, string>> = { text: 'text', bigint: 'integer' };

/**
 * Wraps each parameter in a cast. A bare one in a condition makes SQLite plan the statement anew whenever another value is bound
 * (built with SQLITE_ENABLE_STAT4, the planner looks at the values; sqlite.org/c3ref/prepare.html): five times the cost.
 */
const castIn = (text: string, parameters: Parameters<Row>): string =>
  fillIn(text, (name) => `cast(:${name} as ${castTo[parameters[name] ?? 'text']})`);

const insertText = ({ table, unique }: Insert, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})` +
  (unique.length > 0 ? ' on conflict do nothing' : '');
