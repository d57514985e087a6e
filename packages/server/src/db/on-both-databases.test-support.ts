// The store conformance suites: the same tests on SQLite and on PostgreSQL, each test file on a fresh database of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Db } from './db.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/** Runs a suite on both databases. `db()` gives the open, migrated database inside tests and hooks. */
export function onBothDatabases(name: string, suite: (db: () => Db) => void): void {
  describe(`${name} (SQLite)`, () => withDatabase(openFreshSqlite, suite));
  const url = process.env.TEST_POSTGRES_URL;
  const title = `${name} (PostgreSQL)`;
  if (url === undefined)
    describe.skip(`${title}: no PostgreSQL server is installed`, () => withDatabase(openFreshSqlite, suite));
  else describe(title, () => withDatabase(() => openFreshPostgres(url), suite));
}

interface Opened {
  readonly db: Db;
  remove(): Promise<void>;
}

function withDatabase(open: () => Promise<Opened>, suite: (db: () => Db) => void): void {
  let opened: Opened | undefined;
  beforeAll(async () => {
    opened = await open();
    await migrate(opened.db);
  });
  afterAll(async () => {
    await opened?.db.close();
    await opened?.remove();
  });
  suite(() => {
    if (!opened) throw new Error('the database is open only inside tests and hooks');
    return opened.db;
  });
}

export async function openFreshSqlite(): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
  const db = openSqlite(join(directory, 'test.db'));
  return { db, remove: async () => rmSync(directory, { recursive: true, force: true }) };
}

export async function openFreshPostgres(serverUrl: string): Promise<Opened> {
  const { url, drop } = await createPostgresDatabase(serverUrl);
  return { db: openPostgres(url, () => {}), remove: drop };
}

/** A fresh, empty database on the server, for tests that open it themselves. */
export async function createPostgresDatabase(
  serverUrl: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(serverUrl, `drop database ${name} with (force)`) };
}

/** Notes a migration that no version of this program knows yet. */
export async function pretendNewerSchema(db: Db): Promise<void> {
  await db.write((tx) => sql`insert into schema_migrations (number, name) values (999, 'later')`.execute(tx));
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}
