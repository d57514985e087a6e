// The embedded database: SQLite in WAL mode, every commit flushed to the disk before it is acknowledged.
import SqliteDatabase from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import type { Db } from './db.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';
import { guardConnection } from './unavailable.ts';

/** How long a write waits for another process (the command line, say) to finish its own, in milliseconds. */
const busyTimeoutMs = 5000;
/** How many prepared statements a connection keeps. */
const maxStatements = 512;

/** @param file path of the database file; made when missing. */
export function openSqlite(file: string): Db {
  const writer = connect(file, { readonly: false });
  const reader = connect(file, { readonly: true });
  const commits = createGroupCommit(writer);
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
    },
  };
}

function connect(file: string, { readonly }: { readonly: boolean }): Kysely<Tables> {
  const database = new SqliteDatabase(file, { readonly, timeout: busyTimeoutMs });
  if (!readonly) {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
  }
  return new Kysely<Tables>({
    dialect: new ImmediateSqliteDialect({ database: rememberStatements(database) }),
  });
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
  readonly #config: ConstructorParameters<typeof SqliteDialect>[0];

  constructor(config: ConstructorParameters<typeof SqliteDialect>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#config);
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return guardConnection(await super.acquireConnection());
  }

  /** Takes the write lock at once: a transaction that reads first and writes later could otherwise fail half-way. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}
