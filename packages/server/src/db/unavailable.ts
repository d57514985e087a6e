// Tells a database that is broken or out of reach from a statement that was refused: the first means "fail closed and say so".
import type { DatabaseConnection } from 'kysely';
import { Unavailable } from '#platform/problem.ts';

// SQLite result codes (sqlite.org/rescode.html), by prefix, since extended codes follow them.
const sqliteBroken = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_READONLY',
  'SQLITE_CORRUPT',
  'SQLITE_CANTOPEN',
  'SQLITE_NOTADB',
  'SQLITE_LOCKED',
];
// PostgreSQL classes (appendix A): connection, insufficient resources, operator intervention, system error; and Node's socket errors.
const postgresBroken = [
  '08',
  '53',
  '57',
  '58',
  '25006',
  'ECONN',
  'ENOTFOUND',
  'EHOST',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
];
// The pool and a torn connection have no code, only these words.
const postgresWords =
  /timeout exceeded when trying to connect|Query read timeout|is not queryable|Connection terminated|server closed the connection/i;

/** Rethrows: as Unavailable when the database is broken or out of reach, else as it came. */
export function asUnavailable(error: unknown): never {
  throw isBroken(error) ? new Unavailable('database', error) : error;
}

function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error instanceof AggregateError && error.errors.some(isBroken)) return true;
  if ([...sqliteBroken, ...postgresBroken].some((prefix) => code.startsWith(prefix))) return true;
  return postgresWords.test(error.message);
}

/** True when PostgreSQL did not answer a query within the client's own limit. */
export const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message === 'Query read timeout';

/** True when another process holds SQLite's write lock: it can be tried again. */
export function isBusy(error: unknown): boolean {
  const cause = error instanceof Unavailable ? error.cause : error;
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_BUSY');
}

/** True when a unique constraint refused a row, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (
    error.code === 'SQLITE_CONSTRAINT_UNIQUE' ||
    error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    error.code === '23505'
  );
}

/** True when a row is still referred to, on either database. */
export function isStillReferred(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (
    error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' ||
    error.code === 'SQLITE_CONSTRAINT_TRIGGER' ||
    error.code === '23503' ||
    error.code === '23001'
  );
}

const guarded = new WeakSet<DatabaseConnection>();

/** Makes every query on a driver's connection tell a broken database as Unavailable. */
export function guardConnection(connection: DatabaseConnection): DatabaseConnection {
  if (guarded.has(connection)) return connection;
  guarded.add(connection);
  const executeQuery = connection.executeQuery.bind(connection);
  // In place: drivers recognise their own connections, so a wrapper around one would not be given back.
  connection.executeQuery = (query, options) => executeQuery<never>(query, options).catch(asUnavailable);
  return connection;
}
