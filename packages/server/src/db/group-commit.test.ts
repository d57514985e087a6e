// What happens to writes that share a commit when SQLite itself gives the transaction up, or another process holds the database.
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import type { Db, Tx } from './db.ts';
import { migrate } from './migrate.ts';
import { openFreshSqlite } from './on-both-databases.test-support.ts';

let db: Db;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ db, remove } = await openFreshSqlite());
  await migrate(db);
});
afterEach(async () => {
  await db.close();
  await remove();
});

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
