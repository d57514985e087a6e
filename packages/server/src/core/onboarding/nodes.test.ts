// Two nodes on one PostgreSQL: begun on one, gone on with, decided and finished on the other; and what both do at once happens once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresDatabase } from '#db/on-both-databases.test-support.ts';
import type { Db } from '#db/db.ts';
import { migrate } from '#db/migrate.ts';
import { openPostgres } from '#db/postgres.ts';
import { type Enrolment, openEnrolment, phoneOf } from './enrolment.test-support.ts';

const server = process.env.TEST_POSTGRES_URL;
const password = 'correct horse';
const right = { kind: 'simple_credentials', username: 'alice', password } as const;

describe.skipIf(server === undefined)('onboarding on two nodes (PostgreSQL)', () => {
  let dbs: Db[] = [];
  let nodes: Enrolment[] = [];
  let drop = async () => {};
  beforeAll(async () => {
    const database = await createPostgresDatabase(server ?? '');
    drop = database.drop;
    dbs = [openPostgres(database.url, () => {}), openPostgres(database.url, () => {})];
    for (const db of dbs.slice(0, 1)) await migrate(db);
    for (const [index, db] of dbs.entries()) {
      const node = await openEnrolment(db);
      nodes.push({ ...node, deps: { ...node.deps, auditChain: `node ${index}` } });
    }
  });
  afterAll(async () => {
    for (const db of dbs) await db.close();
    await drop();
    nodes = [];
  });

  const both = async () => {
    const [one, two] = nodes;
    if (!one || !two) throw new Error('two nodes');
    const application = await one.application(['simple_credentials', 'manual']);
    const user = await one.user(application, { password });
    const here = await one.phone(application);
    const there = phoneOf(two.deps, application, here.own);
    await here.begin();
    there.take(here.id);
    return { one, two, application, user, here, there };
  };

  test('begun on one, finished on the other', async () => {
    const { one, two, user, here, there } = await both();
    expect((await there.begin()).process_id).toBe(here.id);
    await there.give(right);
    const waiting = await here.give({ kind: 'manual' });
    expect(waiting.next).toEqual((await there.look()).next);
    expect((await one.show(here.id)).picture).toBe((await two.show(here.id)).picture);
    // Who waits on one node hears of the approval on the other by looking again.
    const looking = here.look(1);
    await two.approve(here.id, user.id);
    await looking;
    expect((await here.look()).may_complete).toBe(true);
    const bound = await there.complete();
    expect((await here.complete()).device_id).toBe(bound.device_id);
  });

  test('finished on both at once, it is one device', async () => {
    const { one, user, here, there } = await both();
    await here.give(right);
    await there.give({ kind: 'manual' });
    await one.approve(here.id, user.id);
    const ends = await Promise.all([here.complete(), there.complete()]);
    expect(new Set(ends.map(({ device_id }) => device_id)).size).toBe(1);
  });
});
