import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import { migrate, NewerSchemaError, pendingMigrations } from './migrate.ts';
import { onBothDatabases } from './on-both-databases.test-support.ts';
import { Problem } from '#platform/problem.ts';
import { readCursor } from './page.ts';
import { openPostgres } from './postgres.ts';
import { isUniqueViolation } from './unavailable.ts';

const head = (chain: string, sequence: number) => ({ chain, sequence, hash: 'h', mac: 'm' });

onBothDatabases('db', (db) => {
  test('a second migration run does nothing', async () => {
    expect(await migrate(db())).toEqual([]);
    expect(await pendingMigrations(db())).toEqual([]);
  });

  test('a schema newer than the program is refused', async () => {
    await db().write((tx) =>
      sql`insert into schema_migrations (number, name) values (9999, 'from-the-future')`.execute(tx),
    );
    await expect(migrate(db())).rejects.toThrow(NewerSchemaError);
    await expect(pendingMigrations(db())).rejects.toThrow(NewerSchemaError);
    await db().write((tx) => sql`delete from schema_migrations where number = 9999`.execute(tx));
  });

  test('times beyond 2^31 and counts come back as numbers', async () => {
    await db().write((tx) =>
      tx.insertInto('audit_heads').values(head('numbers', 4_000_000_000_000)).execute(),
    );
    const row = await db()
      .read.selectFrom('audit_heads')
      .selectAll()
      .where('chain', '=', 'numbers')
      .executeTakeFirstOrThrow();
    expect(row.sequence).toBe(4_000_000_000_000);
    const { n } = await db()
      .read.selectFrom('audit_heads')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(n).toBeTypeOf('number');
  });

  test('a write that throws is undone and takes no other with it', async () => {
    const good = Array.from({ length: 20 }, (_, i) =>
      db().write((tx) =>
        tx
          .insertInto('audit_heads')
          .values(head(`shared-${i}`, i))
          .execute(),
      ),
    );
    const bad = db().write(async (tx) => {
      await tx.insertInto('audit_heads').values(head('bad', 1)).execute();
      throw new Error('changed my mind');
    });
    await expect(bad).rejects.toThrow('changed my mind');
    await Promise.all(good);
    const rows = await db().read.selectFrom('audit_heads').select('chain').execute();
    const chains = rows.map((row) => row.chain);
    expect(chains).not.toContain('bad');
    expect(chains.filter((chain) => chain.startsWith('shared-'))).toHaveLength(20);
  });

  test('a refused statement is told as such, and the transaction can be tried again', async () => {
    const insert = () => db().write((tx) => tx.insertInto('audit_heads').values(head('once', 1)).execute());
    await insert();
    const error = await insert().catch((caught: unknown) => caught);
    expect(isUniqueViolation(error)).toBe(true);
    await db().write((tx) => tx.insertInto('audit_heads').values(head('after', 1)).execute());
  });

  test('of two writers that take the same row, exactly one wins', async () => {
    await db().write((tx) => tx.insertInto('audit_heads').values(head('race', 0)).execute());
    const take = () =>
      db().write((tx) =>
        tx
          .updateTable('audit_heads')
          .set({ sequence: 1 })
          .where('chain', '=', 'race')
          .where('sequence', '=', 0)
          .returning('chain')
          .execute(),
      );
    const results = await Promise.all(Array.from({ length: 10 }, take));
    expect(results.filter((rows) => rows.length === 1)).toHaveLength(1);
  });
});

test('a cursor that holds what no list gave out is refused', () => {
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  for (const cursor of [
    '',
    'x',
    encode('[1,2]'),
    encode('["a"]'),
    encode('{"a":1}'),
    encode('["a\\u0000","b"]'),
  ])
    expect(() => readCursor({ limit: 1, cursor }, 2)).toThrow(Problem);
  expect(readCursor({ limit: 1, cursor: encode('["a","b"]') }, 2)).toEqual(['a', 'b']);
});

test('a database that cannot be reached is told as unavailable, for reads as for writes', async () => {
  const db = openPostgres('postgres://nobody:nothing@127.0.0.1:1/none', () => {});
  await expect(db.ping()).rejects.toThrow(Unavailable);
  await expect(db.read.selectFrom('audit_heads').selectAll().execute()).rejects.toThrow(Unavailable);
  await expect(db.write(async () => {})).rejects.toThrow(Unavailable);
  await db.close();
});
