// The embedded database: SQLite in WAL mode, every commit flushed to the disk before it is acknowledged.
import { setTimeout } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import {
  CompiledQuery,
  type ControlledTransaction,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import { Unavailable } from '#platform/problem.ts';
import type { Db } from './db.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';
import { guardConnection, isBusy } from './unavailable.ts';

/** How long SQLite itself waits for another process (the command line, say), in milliseconds. The event loop stands still meanwhile. */
const busyTimeoutMs = 100;
/** Reads wait only where a log is recovered or removed: seldom and briefly, but they are not tried again. */
const readTimeoutMs = 1000;
/** Nobody is served yet while the database is opened. */
const openTimeoutMs = 5000;
/** How a write waits for another process to finish its own: 25 tries, 5 seconds in all with `busyTimeoutMs`. */
const patience: Patience = { tries: 25, pauseMs: 100 };
/** How many prepared statements a connection keeps. */
const maxStatements = 512;

export interface Patience {
  readonly tries: number;
  /** Between two tries, in milliseconds; everything else goes on. */
  readonly pauseMs: number;
}

/** @param file path of the database file; made when missing. */
export function openSqlite(file: string, { tries, pauseMs }: Patience = patience): Db {
  const files = { writer: openFile(file, { readonly: false }), reader: openFile(file, { readonly: true }) };
  const writer = connect(files.writer);
  const reader = connect(files.reader);
  const commits = createGroupCommit(() => beginPatiently(writer, tries, pauseMs));
  return {
    dialect: 'sqlite',
    read: reader,
    write: (work) => commits.write(work),
    ping: async () => {
      await reader.executeQuery(CompiledQuery.raw('select 1'));
    },
    async close() {
      await commits.idle();
      await reader.destroy();
      await writer.destroy();
      // Kysely closes only what was used; the last one to be closed empties the write-ahead log.
      files.reader.close();
      files.writer.close();
    },
  };
}

/** The pause is not spent inside SQLite, where it would hold up every login. */
async function beginPatiently(
  writer: Kysely<Tables>,
  tries: number,
  pauseMs: number,
): Promise<ControlledTransaction<Tables>> {
  for (let left = tries; ; left -= 1) {
    try {
      return await writer.startTransaction().execute();
    } catch (error) {
      if (left <= 1 || !isBusy(error)) throw error;
      await setTimeout(pauseMs);
    }
  }
}

function openFile(file: string, { readonly }: { readonly: boolean }): SqliteDatabase.Database {
  const database = new SqliteDatabase(file, { readonly, timeout: openTimeoutMs });
  if (!readonly) {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
  }
  database.pragma(`busy_timeout = ${readonly ? readTimeoutMs : busyTimeoutMs}`);
  return database;
}

const connect = (database: SqliteDatabase.Database): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new ImmediateSqliteDialect(database) });

/** Preparing a statement costs more than running it; the same texts come again and again. */
function rememberStatements(database: SqliteDatabase.Database) {
  const statements = new Map<string, SqliteDatabase.Statement>();
  return {
    close: () => database.close(),
    prepare(sql: string): SqliteDatabase.Statement {
      const known = statements.get(sql);
      if (known) return known;
      if (statements.size >= maxStatements) statements.clear();
      const statement = database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
  };
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database;

  constructor(database: SqliteDatabase.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#database);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: SqliteDatabase.Database;
  #guarded: DatabaseConnection | undefined;
  #begun = false;

  constructor(database: SqliteDatabase.Database) {
    super({ database: rememberStatements(database) });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#guarded ??= guardConnection(this.#refuseWhenLost(await super.acquireConnection()));
    return this.#guarded;
  }

  /** Takes the write lock at once: a transaction that reads first and writes later could otherwise fail half-way. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    this.#begun = true;
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection);
    this.#begun = false;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    this.#begun = false;
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }

  /**
   * A full disk or a failed write can make SQLite roll the whole transaction back by itself (sqlite.org/lang_transaction.html,
   * section 3). Whatever followed would be committed statement by statement; it is refused until the transaction is ended.
   */
  #refuseWhenLost(connection: DatabaseConnection): DatabaseConnection {
    const executeQuery = connection.executeQuery.bind(connection);
    connection.executeQuery = async (query, options) => {
      if (this.#begun && !this.#database.inTransaction)
        throw new Unavailable('database', new Error('SQLite rolled the transaction back'));
      return executeQuery<never>(query, options);
    };
    return connection;
  }
}
