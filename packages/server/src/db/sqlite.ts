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
import { type Db, type Seal, SealRefused } from './db.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Change, Find, Row } from './row-statement.ts';
import { prepareRows, type SqliteRows } from './sqlite-rows.ts';
import type { Tables } from './tables.ts';
import { asUnavailable, guardConnection, isBusy } from './unavailable.ts';

/** How long SQLite itself waits for another process (the command line, say), in milliseconds. The event loop stands still meanwhile. */
const busyTimeoutMs = 100;
/** Reads wait only where a log is recovered or removed: seldom and briefly, but they are not tried again. */
const readTimeoutMs = 1000;
/** Nobody is served yet while the database is opened. */
const openTimeoutMs = 5000;
/** How a write waits for another process to finish its own: 25 tries, 5 seconds in all with `busyTimeoutMs`. */
const patience: Patience = { tries: 25, pauseMs: 100 };
/** Page caches. The reader’s is void after each commit of the writer, so that a large one would be memory for nothing. */
const writeCacheKiB = 8192;
const readCacheKiB = 512;
/** How many prepared statements a connection keeps. */
const maxStatements = 512;

export interface Patience {
  readonly tries: number;
  /** Between two tries, in milliseconds; everything else goes on. */
  readonly pauseMs: number;
}

/** @param file path of the database file; made when missing. */
export function openSqlite(file: string, { tries, pauseMs }: Patience = patience): Db {
  const writer = connect(file, { readonly: false });
  const reader = connect(file, { readonly: true });
  const commits = createGroupCommit(() => beginPatiently(writer.kysely, tries, pauseMs));
  const findRows = <P extends Row, R>(find: Find<P, R>, parameters: P): R[] => {
    // A reader's cache is void after each commit of somebody else; the writer's is not.
    const { rows } = writer.rows.inTransaction() ? reader : writer;
    try {
      return rows.find(find, parameters);
    } catch (error) {
      return asUnavailable(error);
    }
  };
  return {
    dialect: 'sqlite',
    read: reader.kysely,
    write: (work) => commits.write(work),
    find: async (find, parameters) => findRows(find, parameters)[0],
    findAll: async (find, parameters) => findRows(find, parameters),
    writeTogether: async (changes, seal) => {
      const write = () => writeAll(writer.rows, changes, seal);
      // At once and in one go, unless a transaction is open: those of `write` wait for their works.
      const written = writer.rows.inTransaction() ? undefined : transact(writer.rows, write);
      return written ?? commits.write(async () => write());
    },
    ping: async () => {
      await reader.kysely.executeQuery(CompiledQuery.raw('select 1'));
    },
    async close() {
      await commits.idle();
      // Kysely closes only what it used itself. The last one to be closed empties the write-ahead log, which a reader cannot.
      await reader.kysely.destroy();
      reader.file.close();
      await writer.kysely.destroy();
      writer.file.close();
    },
  };
}

function transact<T>(rows: SqliteRows, work: () => T): T | undefined {
  try {
    return rows.transact(work);
  } catch (error) {
    return asUnavailable(error);
  }
}

function writeAll(rows: SqliteRows, changes: readonly Change[], seal: Seal): readonly boolean[] {
  try {
    const written = changes.map((change) => rows.write(change));
    if (!rows.write(seal([...written.keys()].filter((n) => written[n])))) throw new SealRefused();
    return written;
  } catch (error) {
    return asUnavailable(error);
  }
}

interface Connection {
  readonly file: SqliteDatabase.Database;
  readonly kysely: Kysely<Tables>;
  readonly rows: SqliteRows;
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

function connect(file: string, { readonly }: { readonly: boolean }): Connection {
  const database = new SqliteDatabase(file, { readonly, timeout: openTimeoutMs });
  if (!readonly) {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // What a savepoint would undo is kept in memory; the log is what survives.
    database.pragma('temp_store = MEMORY');
  }
  database.pragma(`cache_size = -${readonly ? readCacheKiB : writeCacheKiB}`);
  database.pragma(`busy_timeout = ${readonly ? readTimeoutMs : busyTimeoutMs}`);
  return {
    file: database,
    kysely: new Kysely<Tables>({ dialect: new ImmediateSqliteDialect(database) }),
    rows: prepareRows(database),
  };
}

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
