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
  const statements = new Map<object, Prepared>();
  const prepared = (of: object, textOf: () => Text): Prepared => {
    const known = statements.get(of);
    if (known) return known;
    const { text, names } = textOf();
    const statement = { run: database.prepare(text), names };
    statements.set(of, statement);
    return statement;
  };
  const isWritten = ({ statement, row }: Written): boolean => {
    switch (statement.kind) {
      case 'insert': {
        const { run, names } = prepared(statement, () => insertText(statement, Object.keys(row)));
        return run.run(valuesOf(names, row)).changes === 1;
      }
      case 'update': {
        const { run, names } = prepared(statement, () => updateText(statement));
        return run.run(valuesOf(names, row)).changes === 1 || !statement.required;
      }
      case 'check': {
        const { run, names } = prepared(statement, () => checkText(statement));
        return run.get(valuesOf(names, row)) !== undefined;
      }
    }
  };
  /** A full disk can make SQLite end the whole transaction by itself (sqlite.org/lang_transaction.html, section 3). */
  const requireTransaction = (written: boolean): boolean => {
    if (database.inTransaction) return written;
    throw new Unavailable('database', new Error('SQLite rolled the transaction back'));
  };
  const save = database.prepare('savepoint change');
  const release = database.prepare('release change');
  const undo = database.prepare('rollback to change');

  return {
    find: <P extends Row, R>(find: Find<P, R>, parameters: P) => {
      const { run, names } = prepared(find, () => findText(find));
      return run.all(valuesOf(names, parameters)) as R[];
    },
    write(change) {
      if (!mayNeedUndo(change)) return requireTransaction(change.every(isWritten));
      save.run();
      const written = requireTransaction(change.every(isWritten));
      if (!written) undo.run();
      release.run();
      return written;
    },
    inTransaction: () => database.inTransaction,
    transact: prepareTransaction(database),
  };
}

function prepareTransaction(database: SqliteDatabase.Database): SqliteRows['transact'] {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  return (work) => {
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

/** A statement that takes its values by position: finding each by its name takes longer than SQLite takes to write it. */
interface Text {
  readonly text: string;
  /** Of the values, in the order in which they are taken. */
  readonly names: readonly string[];
}

interface Prepared {
  readonly run: SqliteDatabase.Statement;
  readonly names: readonly string[];
}

const valuesOf = (names: readonly string[], row: Row): unknown[] => names.map((name) => row[name]);

const findText = ({ select, from, where, parameters }: Find<Row, unknown>): Text =>
  castIn(`select ${select} from ${from} where ${where}`, parameters);

const updateText = ({ table, set, where, parameters }: Update): Text =>
  castIn(`update ${table} set ${set} where ${where}`, parameters);

const checkText = ({ from, where, parameters }: Check): Text =>
  castIn(`select 1 from ${from} where ${where}`, parameters);

const castTo: Readonly<Record<ValueType, string>> = { text: 'text', bigint: 'integer' };

/**
 * Wraps each parameter in a cast. A bare one in a condition makes SQLite plan the statement anew whenever another value is bound
 * (built with SQLITE_ENABLE_STAT4, the planner looks at the values; sqlite.org/c3ref/prepare.html): five times the cost.
 */
function castIn(text: string, parameters: Parameters<Row>): Text {
  const names: string[] = [];
  const filled = fillIn(text, (name) => {
    names.push(name);
    return `cast(? as ${castTo[parameters[name] ?? 'text']})`;
  });
  return { text: filled, names };
}

const insertText = ({ table, unique }: Insert, names: readonly string[]): Text => ({
  text:
    `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})` +
    (unique.length > 0 ? ' on conflict do nothing' : ''),
  names,
});
