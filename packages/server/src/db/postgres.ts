// PostgreSQL, for several nodes or when a company would rather run the database it knows.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresDialect,
  PostgresDriver,
} from 'kysely';
import pg from 'pg';
import type { Db } from './db.ts';
import type { Tables } from './tables.ts';
import { asUnavailable, guardConnection } from './unavailable.ts';

/** More connections than this only add waiting inside the database (measured). */
const maxConnections = 8;
const connectTimeoutMs = 3000;
const statementTimeoutMs = 10_000;
const maxRetries = 5;

// int8 and numeric come as text by default; times and counts stay far below 2^53.
const int8 = 20;
pg.types.setTypeParser(int8, Number);

/** @param url `postgres://user:password@host:port/database`. @param lost is told when an idle connection breaks. */
export function openPostgres(url: string, lost: (error: Error) => void): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: 'countersign',
  });
  pool.on('error', lost);
  const read = new Kysely<Tables>({ dialect: new GuardedPostgresDialect({ pool }) });
  return {
    dialect: 'postgres',
    read,
    write: (work) => withRetries(() => read.transaction().execute(work)),
    ping: async () => {
      await read.executeQuery(CompiledQuery.raw('select 1'));
    },
    close: () => read.destroy(),
  };
}

/** Work that lost against another transaction is run again; everything it wrote was undone, so it counts once. */
async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let left = maxRetries; ; left--) {
    try {
      return await run();
    } catch (error) {
      if (left === 0 || !lostAgainstAnother(error)) throw error;
    }
  }
}

/** Serialization failure and deadlock (PostgreSQL appendix A, class 40). */
const lostAgainstAnother = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001');

class GuardedPostgresDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0];

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new GuardedPostgresDriver(this.#config);
  }
}

class GuardedPostgresDriver extends PostgresDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return guardConnection(await super.acquireConnection().catch(asUnavailable));
  }
}
