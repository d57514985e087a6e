// PostgreSQL, for several nodes or when a company would rather run the database it knows.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely';
import pg from 'pg';
import { type Db, type Seal, SealRefused } from './db.ts';
import { createGather } from './gather.ts';
import { findQuery, type NamedQuery, refusedOf, writeQuery } from './postgres-rows.ts';
import type { Change, Find, Row } from './row-statement.ts';
import type { Tables } from './tables.ts';
import { asUnavailable, guardConnection, isUnanswered, isUniqueViolation } from './unavailable.ts';

/** More connections than this only add waiting inside the database (measured). */
const maxConnections = 8;
const connectTimeoutMs = 3000;
const statementTimeoutMs = 10_000;
/** When the server does not even say that the statement took too long: it is out of reach, and no TCP timeout comes so soon. */
const answerTimeoutMs = 12_000;
/** Idle connections are probed, so that a firewall neither forgets them nor lets dead ones wait for the next login. */
const keepAliveDelayMs = 30_000;
const maxRetries = 5;

// int8 and numeric come as text by default; times and counts stay far below 2^53.
const int8 = 20;
pg.types.setTypeParser(int8, Number);

export interface PostgresLimits {
  readonly connectMs: number;
  readonly answerMs: number;
  /** How long the server itself lets a statement run; 0 for ever. Default: a little less than a login waits. */
  readonly statementMs?: number;
}
const limits: PostgresLimits = { connectMs: connectTimeoutMs, answerMs: answerTimeoutMs };
/** For migrations and restores: changing a large table takes its time, and so does waiting for another node that does it. */
export const patientLimits: PostgresLimits = {
  connectMs: connectTimeoutMs,
  answerMs: 24 * 3_600_000,
  statementMs: 0,
};

/** @param url `postgres://user:password@host:port/database`. @param lost is told when an idle connection breaks. */
export function openPostgres(
  url: string,
  lost: (error: Error) => void,
  { connectMs, answerMs, statementMs = statementTimeoutMs }: PostgresLimits = limits,
): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    application_name: 'countersign',
  });
  pool.on('error', lost);
  // A connection that breaks while somebody uses it tells them by their query; unheard, its event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const read = new Kysely<Tables>({ dialect: new GuardedPostgresDialect({ pool: dropUnanswered(pool) }) });
  const ask = (query: NamedQuery) => askPool(pool, query);
  const findAll = gatherFinds(ask);
  return {
    dialect: 'postgres',
    read,
    write: (work) => withRetries(() => read.transaction().execute(work)),
    find: async (find, parameters) => (await findAll(find, parameters))[0],
    findAll,
    writeTogether: (changes, seal) => writeAll(ask, changes, seal),
    ping: async () => {
      await read.executeQuery(CompiledQuery.raw('select 1'));
    },
    close: () => read.destroy(),
  };
}

type Ask = (query: NamedQuery) => Promise<pg.QueryResult<Record<string, unknown>>>;

async function askPool(pool: pg.Pool, query: NamedQuery) {
  const client = await pool.connect().catch(asUnavailable);
  try {
    const result = await client.query<Record<string, unknown>>({ ...query, values: [...query.values] });
    client.release();
    return result;
  } catch (error) {
    client.release(isUnanswered(error));
    return asUnavailable(error);
  }
}

/** How many look-ups share a round trip at most. */
const maxFinds = 128;

function gatherFinds(ask: Ask): Db['findAll'] {
  const gathers = new Map<object, (parameters: Row) => Promise<readonly unknown[]>>();
  const gatherOf = (find: Find<Row, unknown>) => {
    const known = gathers.get(find);
    if (known) return known;
    const gather = createGather(maxFinds, async (rows: readonly Row[]) => {
      const answers = await ask(findQuery(find, rows));
      const found = rows.map((): unknown[] => []);
      for (const { n, ...row } of answers.rows) found[Number(n)]?.push(row);
      return found;
    });
    gathers.set(find, gather);
    return gather;
  };
  return async <P extends Row, R>(find: Find<P, R>, parameters: P) =>
    (await gatherOf(find)(parameters)) as readonly R[];
}

/** Refused changes come to light when the statement fails as a whole: the others are written without them. */
async function writeAll(ask: Ask, changes: readonly Change[], seal: Seal): Promise<readonly boolean[]> {
  const refused = new Set<number>();
  for (;;) {
    const positions = [...changes.keys()].filter((n) => !refused.has(n));
    if (positions.length === 0) return changes.map(() => false);
    const rows = [...positions.map((n) => changes[n] ?? []), seal(positions)];
    const lacking = await withRetries(() => ask(writeQuery(rows))).then(
      () => undefined,
      (error: unknown) => requireRefused(error, positions.length),
    );
    if (!lacking) return changes.map((_, n) => !refused.has(n));
    if (lacking.has(positions.length)) throw new SealRefused();
    for (const n of lacking) refused.add(positions[n] ?? -1);
  }
}

const isAuditRowThere = (error: unknown): boolean =>
  isUniqueViolation(error) && (error as pg.DatabaseError).table === 'audit_events';

/** @param seal its position: where another wrote in between, a row of it may be there before its guard is looked at. */
function requireRefused(error: unknown, seal: number): ReadonlySet<number> {
  const refused = refusedOf(error) ?? (isAuditRowThere(error) ? new Set([seal]) : undefined);
  if (!refused) throw error;
  return refused;
}

/**
 * A connection with a query that was not answered in time is closed, not given back: the next one would wait behind it, or find itself
 * inside somebody's transaction when the answer came after all.
 */
function dropUnanswered(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let unanswered: Error | undefined;
      const query = async (text: string, parameters: readonly unknown[]) => {
        if (unanswered !== undefined) throw unanswered;
        try {
          return await client.query(text, [...parameters]);
        } catch (error) {
          if (isUnanswered(error)) unanswered = error;
          throw error;
        }
      };
      const release = (destroy?: boolean) => client.release(destroy === true || unanswered !== undefined);
      // The other form, for cursors, is only used by those who give Kysely a cursor.
      return { query: query as unknown as PostgresPoolClient['query'], release };
    },
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
