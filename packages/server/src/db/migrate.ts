// Brings the schema up to date. Forward only; each migration and the note that it ran are one transaction, so a killed run resumes.
import { sql } from 'kysely';
import { Unavailable } from '#platform/problem.ts';
import type { Db, Read, Tx } from './db.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { hotPath } from './migrations/0002-hot-path.ts';
import { remoteProxy } from './migrations/0003-remote-proxy.ts';
import { webPush } from './migrations/0004-web-push.ts';
import { administrators } from './migrations/0005-administrators.ts';
import { overview } from './migrations/0006-overview.ts';
import { settings } from './migrations/0007-settings.ts';
import { applicationImages } from './migrations/0008-application-images.ts';
import { userVerification } from './migrations/0009-user-verification.ts';
import { userSearch } from './migrations/0010-user-search.ts';
import { userImports } from './migrations/0011-user-imports.ts';
import { onboarding } from './migrations/0012-onboarding.ts';
import { userSources } from './migrations/0013-user-sources.ts';
import { sms } from './migrations/0014-sms.ts';
import { scim } from './migrations/0015-scim.ts';
import { scep } from './migrations/0016-scep.ts';
import { openid } from './migrations/0017-openid.ts';
import { mail } from './migrations/0018-mail.ts';
import { credentialCache } from './migrations/0019-credential-cache.ts';
import { certificates } from './migrations/0020-certificates.ts';
import { administratorsByDirectory } from './migrations/0021-administrators-by-directory.ts';
import { coolDown } from './migrations/0022-cool-down.ts';
import { certificateSource } from './migrations/0023-certificate-source.ts';
import { teams } from './migrations/0024-teams.ts';
import { administratorSource } from './migrations/0025-administrator-source.ts';
import { scepRenewals } from './migrations/0026-scep-renewals.ts';
import { directoryRecords } from './migrations/0027-directory-records.ts';
import { authorisation } from './migrations/0028-authorisation.ts';
import { unreadPolicies } from './migrations/0029-unread-policies.ts';
import { certificatesByBegin } from './migrations/0030-certificates-by-begin.ts';
import { isBusy } from './unavailable.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly steps: Readonly<Record<Db['dialect'], readonly Step[]>>;
}

/** Statements that end in a semicolon, or what no statement can do on both databases alike. */
type Step = string | ((tx: Tx) => Promise<void>);

const onBoth = (steps: readonly Step[]) => ({ sqlite: steps, postgres: steps });

const migrations: readonly Migration[] = [
  { number: 1, name: 'first-tables', steps: onBoth(firstTables) },
  { number: 2, name: 'hot-path', steps: hotPath },
  { number: 3, name: 'remote-proxy', steps: onBoth(remoteProxy) },
  { number: 4, name: 'web-push', steps: onBoth(webPush) },
  { number: 5, name: 'administrators', steps: onBoth(administrators) },
  { number: 6, name: 'overview', steps: overview },
  { number: 7, name: 'settings', steps: onBoth(settings) },
  { number: 8, name: 'application-images', steps: onBoth(applicationImages) },
  { number: 9, name: 'user-verification', steps: onBoth(userVerification) },
  { number: 10, name: 'user-search', steps: userSearch },
  { number: 11, name: 'user-imports', steps: onBoth(userImports) },
  { number: 12, name: 'onboarding', steps: onBoth(onboarding) },
  { number: 13, name: 'user-sources', steps: onBoth(userSources) },
  { number: 14, name: 'sms', steps: onBoth(sms) },
  { number: 15, name: 'scim', steps: onBoth(scim) },
  { number: 16, name: 'scep', steps: onBoth(scep) },
  { number: 17, name: 'openid', steps: onBoth(openid) },
  { number: 18, name: 'mail', steps: onBoth(mail) },
  { number: 19, name: 'credential-cache', steps: onBoth(credentialCache) },
  { number: 20, name: 'certificates', steps: onBoth(certificates) },
  { number: 21, name: 'administrators-by-directory', steps: onBoth(administratorsByDirectory) },
  { number: 22, name: 'cool-down', steps: onBoth(coolDown) },
  { number: 23, name: 'certificate-source', steps: onBoth(certificateSource) },
  { number: 24, name: 'teams', steps: onBoth(teams) },
  { number: 25, name: 'administrator-source', steps: onBoth(administratorSource) },
  { number: 26, name: 'scep-renewals', steps: onBoth(scepRenewals) },
  { number: 27, name: 'directory-records', steps: onBoth(directoryRecords) },
  { number: 28, name: 'authorisation', steps: onBoth(authorisation) },
  { number: 29, name: 'unread-policies', steps: onBoth(unreadPolicies) },
  { number: 30, name: 'certificates-by-begin', steps: onBoth(certificatesByBegin) },
];

/** The database was written by a newer Countersign; this one must not touch it. */
export class NewerSchemaError extends Error {}

// PostgreSQL: any number that only we use; held until the transaction ends.
const lockNumber = 0x436f_756e;

/** The newest migration that this program knows. */
export const newestSchema = Math.max(...migrations.map(({ number }) => number));

/**
 * One transaction for each migration; of several processes that migrate at once, each waits for the others.
 * @returns names of the migrations that ran now. @throws NewerSchemaError
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  const ran: string[] = [];
  for (const { number } of migrations)
    ran.push(...(await inTurn(() => db.write((tx) => migrateWithin(tx, db.dialect, number)))));
  return ran;
}

/** Five seconds each, where SQLite has others before us: a minute in all. Nobody is served meanwhile who could be kept waiting. */
const mostTurns = 12;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  for (let left = mostTurns; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      if (left <= 1 || !isBusy(error)) throw error;
    }
}

/**
 * Runs what is missing up to a migration, in a transaction that may do more: a restore makes the tables as a backup knows them.
 * @returns names of the migrations that ran now. @throws NewerSchemaError
 */
export async function migrateWithin(
  tx: Tx,
  dialect: Db['dialect'],
  upTo: number,
): Promise<readonly string[]> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx);
  await sql`create table if not exists schema_migrations (number integer not null primary key, name text not null)`.execute(
    tx,
  );
  const done = await appliedNumbers(tx);
  refuseUnknown(done);
  const missing = migrations.filter(({ number }) => number <= upTo && !done.includes(number));
  for (const migration of missing) await run(tx, dialect, migration);
  return missing.map(({ name }) => name);
}

/** @returns names of migrations that this program knows and the database lacks. @throws NewerSchemaError, Unavailable */
export async function pendingMigrations(db: Db): Promise<readonly string[]> {
  const done = await appliedNumbers(db.read).catch((error: unknown): number[] => {
    if (error instanceof Unavailable) throw error;
    return [];
  });
  refuseUnknown(done);
  return migrations.filter(({ number }) => !done.includes(number)).map(({ name }) => name);
}

async function run(tx: Tx, dialect: Db['dialect'], { number, name, steps }: Migration): Promise<void> {
  for (const step of steps[dialect]) {
    if (typeof step !== 'string') await step(tx);
    else for (const statement of splitStatements(step)) await sql.raw(statement).execute(tx);
  }
  await sql`insert into schema_migrations (number, name) values (${number}, ${name})`.execute(tx);
}

// better-sqlite3 takes one statement at a time. Our migrations hold no semicolon elsewhere.
const splitStatements = (text: string): string[] =>
  text
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

async function appliedNumbers(read: Read): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`select number from schema_migrations`.execute(read);
  return rows.map(({ number }) => number);
}

function refuseUnknown(done: readonly number[]): void {
  const unknown = done.filter((number) => number > newestSchema);
  if (unknown.length > 0) {
    throw new NewerSchemaError(
      `the database has schema ${Math.max(...unknown)}, but this version of Countersign knows only ${newestSchema}; install the newer version`,
    );
  }
}
