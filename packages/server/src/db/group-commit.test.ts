// What happens to writes that share a commit when SQLite itself gives the transaction up, or another process holds the database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import type { Db, Tx } from './db.ts';
import { migrate } from './migrate.ts';
import { insertInto } from './row-statement.ts';
import { openSqlite } from './sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-commit-'));
const file = join(directory, 'test.db');
let db: Db;
beforeEach(async () => {
  db = openSqlite(file);
  await migrate(db);
  await db.write((tx) => tx.deleteFrom('audit_heads').execute());
});
afterEach(() => db.close());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const insert = (tx: Tx, chain: string) =>
  tx.insertInto('audit_heads').values({ chain, sequence: 1, hash: '', mac: '' }).execute();
const chains = async () =>
  (await db.read.selectFrom('audit_heads').select('chain').orderBy('chain').execute()).map(
    ({ chain }) => chain,
  );
const large = 'x'.repeat(1_000_000);

/** The database may grow no further: SQLite then answers SQLITE_FULL, as on a full disk. */
async function fill(): Promise<() => Promise<unknown>> {
  const limit = (pages: number) => db.write((tx) => sql.raw(`pragma max_page_count = ${pages}`).execute(tx));
  await limit(1);
  return () => limit(1_000_000);
}

test('a full disk refuses the whole batch as unavailable, and the next one goes through', async () => {
  const free = await fill();
  const results = await Promise.allSettled([
    db.write((tx) => insert(tx, 'before')),
    db.write((tx) => insert(tx, large)),
    db.write((tx) => insert(tx, 'after')),
  ]);
  for (const result of results)
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) as unknown });
  expect(await chains()).toEqual([]);
  await free();
  await db.write((tx) => insert(tx, 'again'));
  expect(await chains()).toEqual(['again']);
});

test('work that goes on after the transaction is gone writes nothing, and is not told that it did', async () => {
  const free = await fill();
  const stubborn = db.write(async (tx) => {
    await insert(tx, large).catch(() => {});
    await insert(tx, 'alone').catch(() => {});
    return 'done';
  });
  await expect(stubborn).rejects.toThrow(Unavailable);
  const wrapping = db.write(async (tx) => {
    await insert(tx, large).catch(() => {
      throw new Error('wrapped');
    });
  });
  await expect(wrapping).rejects.toThrow(Unavailable);
  await free();
  expect(await chains()).toEqual([]);
});

/** Another process with a write of its own that it does not finish yet. */
function holdDatabase() {
  const other = new SqliteDatabase(file);
  other.exec('begin immediate');
  return {
    release() {
      other.exec('rollback');
      other.close();
    },
  };
}

test('a write waits for another process without holding up this one', async () => {
  const other = holdDatabase();
  let settled = false;
  // More patience than the product has: how long the turns below take depends on the machine.
  const patient = openSqlite(file, { tries: 1000, pauseMs: 100 });
  const writes = ['one', 'two'].map((chain) => patient.write((tx) => insert(tx, chain)));
  const all = Promise.all(writes).finally(() => {
    settled = true;
  });
  // More turns than the tries of a second have, each of which must come soon.
  let longest = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    const before = performance.now();
    await setTimeout(20);
    longest = Math.max(longest, performance.now() - before);
  }
  expect(settled).toBe(false);
  // A wait inside SQLite would hold up this process until the other one lets go, which it does after these turns.
  expect(longest).toBeLessThan(5000);
  other.release();
  await all;
  await patient.close();
  expect(await chains()).toEqual(['one', 'two']);
});

test('a database that stays held is told as unavailable in the end', async () => {
  const impatient = openSqlite(file, { tries: 2, pauseMs: 1 });
  const other = holdDatabase();
  await expect(impatient.write((tx) => insert(tx, 'never'))).rejects.toThrow(Unavailable);
  other.release();
  await impatient.write((tx) => insert(tx, 'later'));
  await impatient.close();
  expect(await chains()).toEqual(['later']);
});

const head = (chain: string) => insertInto('audit_heads')({ chain, sequence: 1, hash: '', mac: '' });
const nothing = () => [];

test('what is written together keeps out of a transaction that is under way, and of its end', async () => {
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const undone = db.write(async (tx) => {
    await insert(tx, 'undone');
    begin();
    await mayEnd;
    throw new Error('undone');
  });
  await begun;
  const together = db.writeTogether([[head('together')]], nothing);
  end();
  await expect(undone).rejects.toThrow('undone');
  expect(await together).toEqual([true]);
  expect(await chains()).toEqual(['together']);
});

test('what is written together waits for another process', async () => {
  const other = holdDatabase();
  const patient = openSqlite(file, { tries: 1000, pauseMs: 10 });
  const together = patient.writeTogether([[head('together')]], nothing);
  await setTimeout(300);
  other.release();
  expect(await together).toEqual([true]);
  await patient.close();
});
