// Brings the schema up to date. Forward only; each migration and the note that it ran are one transaction, so a killed run resumes.
import { sql } from 'kysely';
import type { Db } from './db.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { hotPath } from './migrations/0002-hot-path.ts';
import { remoteProxy } from './migrations/0003-remote-proxy.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  /** Statements end in a semicolon. */
  readonly statements: Readonly<Record<Db['dialect'], readonly string[]>>;
}

const onBoth = (statements: readonly string[]) => ({ sqlite: statements, postgres: statements });

const migrations: readonly Migration[] = [
  { number: 1, name: 'first-tables', statements: onBoth(firstTables) },
  { number: 2, name: 'hot-path', statements: hotPath },
  { number: 3, name: 'remote-proxy', statements: onBoth(remoteProxy) },
];

/** The database was written by a newer Countersign; this one must not touch it. */
export class NewerSchemaError extends Error {}

// PostgreSQL: any number that only we use; held until the transaction ends.
const lockNumber = 0x436f_756e;

/** @returns names of the migrations that ran now. @throws NewerSchemaError */
export async function migrate(db: Db): Promise<readonly string[]> {
  await db.write(async (tx) => {
    await lock(db, tx);
    await sql`create table if not exists schema_migrations (number integer not null primary key, name text not null)`.execute(
      tx,
    );
  });
  const ran: string[] = [];
  for (const migration of migrations) {
    if (await runOnce(db, migration)) ran.push(migration.name);
  }
  await refuseNewer(db);
  return ran;
}

/** @returns numbers of migrations that this program knows and the database lacks. @throws NewerSchemaError */
export async function pendingMigrations(db: Db): Promise<readonly string[]> {
  const done = await appliedNumbers(db).catch((): number[] => []);
  await refuseNewer(db, done);
  return migrations.filter(({ number }) => !done.includes(number)).map(({ name }) => name);
}

function runOnce(db: Db, migration: Migration): Promise<boolean> {
  return db.write(async (tx) => {
    await lock(db, tx);
    const done = await sql<{ number: number }>`select number from schema_migrations`.execute(tx);
    const numbers = done.rows.map(({ number }) => number);
    refuseUnknown(numbers);
    if (numbers.includes(migration.number)) return false;
    for (const statement of migration.statements[db.dialect].flatMap(splitStatements))
      await sql.raw(statement).execute(tx);
    await sql`insert into schema_migrations (number, name) values (${migration.number}, ${migration.name})`.execute(
      tx,
    );
    return true;
  });
}

// better-sqlite3 takes one statement at a time. Our migrations hold no semicolon elsewhere.
const splitStatements = (text: string): string[] =>
  text
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

async function lock(db: Db, tx: Parameters<Parameters<Db['write']>[0]>[0]): Promise<void> {
  if (db.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx);
}

async function appliedNumbers(db: Db): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`select number from schema_migrations`.execute(db.read);
  return rows.map(({ number }) => number);
}

async function refuseNewer(db: Db, done?: readonly number[]): Promise<void> {
  refuseUnknown(done ?? (await appliedNumbers(db)));
}

function refuseUnknown(done: readonly number[]): void {
  const newest = Math.max(...migrations.map(({ number }) => number));
  const unknown = done.filter((number) => number > newest);
  if (unknown.length > 0) {
    throw new NewerSchemaError(
      `the database has schema ${Math.max(...unknown)}, but this version of Countersign knows only ${newest}; install the newer version`,
    );
  }
}
