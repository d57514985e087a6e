import { expect, test } from 'vitest';
import type { Db, Tx } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { systemClock } from '#platform/clock.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import type { ChainEnd } from './audit-head.ts';
import { recordAudit } from './record-audit.ts';
import { readEnd, verifyAudit, writeEnd } from './verify-audit.ts';

const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
const deps = { clock: systemClock, random: systemRandom, vault, auditChain: 'test' };

const record = (db: Db, subjectId: string) =>
  db.write((tx) =>
    recordAudit(tx, deps, { event: 'user.created', actor: { kind: 'console' }, subjectId, data: { n: 1 } }),
  );

onBothDatabases('audit', (db) => {
  test('events recorded at once form one unbroken chain', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => record(db(), `usr_${i}`)));
    expect(await verifyAudit({ db: db(), vault })).toMatchObject({ kind: 'intact', chains: 1, events: 30 });
  });

  test('another key does not verify it', async () => {
    const other = createVault(new Uint8Array(32).fill(8), systemRandom);
    expect(await verifyAudit({ db: db(), vault: other })).toMatchObject({ kind: 'broken', sequence: 1 });
  });

  test('a changed event is found', async () => {
    const set = (data: string) =>
      db().write((tx) => tx.updateTable('audit_events').set({ data }).where('sequence', '=', 5).execute());
    await set('{"n":2}');
    expect(await verifyAudit({ db: db(), vault })).toMatchObject({
      kind: 'broken',
      chain: 'test',
      sequence: 5,
    });
    await set('{"n":1}');
    expect(await verifyAudit({ db: db(), vault })).toMatchObject({ kind: 'intact' });
  });

  test('an event cut out of the middle or off the end is found', async () => {
    const cut = async (sequence: number) => {
      const row = await db()
        .read.selectFrom('audit_events')
        .selectAll()
        .where('sequence', '=', sequence)
        .executeTakeFirstOrThrow();
      await db().write((tx) => tx.deleteFrom('audit_events').where('sequence', '=', sequence).execute());
      const verdict = await verifyAudit({ db: db(), vault });
      await db().write((tx) => tx.insertInto('audit_events').values(row).execute());
      return verdict;
    };
    expect(await cut(10)).toMatchObject({ kind: 'broken', sequence: 10 });
    expect(await cut(30)).toMatchObject({ kind: 'broken', sequence: 30 });
  });

  /** What `damage` does to a trail is found, and undone afterwards. */
  const verdictAfter = async (damage: (tx: Tx) => Promise<unknown>, expected: readonly ChainEnd[] = []) => {
    const read = db().read;
    const before = {
      events: await read.selectFrom('audit_events').selectAll().execute(),
      heads: await read.selectFrom('audit_heads').selectAll().execute(),
    };
    await db().write(damage);
    const verdict = await verifyAudit({ db: db(), vault, pageSize: 7 }, expected);
    await db().write(async (tx) => {
      await tx.deleteFrom('audit_events').execute();
      await tx.deleteFrom('audit_heads').execute();
      await tx.insertInto('audit_events').values(before.events).execute();
      await tx.insertInto('audit_heads').values(before.heads).execute();
    });
    return verdict;
  };
  const eventAt = (sequence: number) =>
    db()
      .read.selectFrom('audit_events')
      .selectAll()
      .where('sequence', '=', sequence)
      .executeTakeFirstOrThrow();
  const setBackTo = async (tx: Tx, sequence: number) => {
    const { hash } = await eventAt(sequence);
    await tx.deleteFrom('audit_events').where('sequence', '>', sequence).execute();
    await tx.updateTable('audit_heads').set({ sequence, hash }).execute();
  };

  test('pages of any size come to the same end', async () => {
    for (const pageSize of [1, 7, 29, 30, 31, 1000])
      expect(await verifyAudit({ db: db(), vault, pageSize })).toMatchObject({ kind: 'intact', events: 30 });
  });

  test('removing the note of the end is found', async () => {
    expect(await verdictAfter((tx) => tx.deleteFrom('audit_heads').execute())).toMatchObject({
      kind: 'broken',
      chain: 'test',
    });
  });

  test('cutting the end off and noting an earlier event as the last is found', async () => {
    expect(await verdictAfter((tx) => setBackTo(tx, 20))).toMatchObject({ kind: 'broken', sequence: 20 });
  });

  test('what the server appends to an end that was set back does not make it good', async () => {
    const verdict = await verdictAfter(async (tx) => {
      await setBackTo(tx, 20);
      for (let n = 0; n < 10; n += 1)
        await recordAudit(tx, deps, { event: 'user.created', actor: { kind: 'console' } });
    });
    expect(verdict).toMatchObject({ kind: 'broken', sequence: 30 });
  });

  test('an event forged behind the end is found, and a thousand of them end the walk too', async () => {
    const last = await eventAt(30);
    for (const many of [1, 1000]) {
      const forged = Array.from({ length: many }, (_, i) => ({
        ...last,
        sequence: 31 + i,
        id: `forged ${i}`,
      }));
      expect(
        await verdictAfter((tx) => tx.insertInto('audit_events').values(forged).execute()),
      ).toMatchObject({
        kind: 'broken',
        sequence: 30 + many,
      });
    }
  });

  test('an event forged before the first is found', async () => {
    const forged = { ...(await eventAt(1)), sequence: 0, id: 'forged' };
    expect(await verdictAfter((tx) => tx.insertInto('audit_events').values(forged).execute())).toMatchObject({
      kind: 'broken',
      sequence: 0,
    });
  });

  test('an installation whose trail was removed, or began anew, is found', async () => {
    const row = { singleton: 1 as const, id: 'lost', name: '', key_id: '', created_at: 1 };
    const empty = async (tx: Tx) => {
      await tx.deleteFrom('audit_events').execute();
      await tx.deleteFrom('audit_heads').execute();
    };
    await db().write((tx) => tx.insertInto('installation').values(row).execute());
    const lost = { kind: 'broken', chain: null };
    expect(await verdictAfter(empty)).toMatchObject(lost);
    const begunAnew = await verdictAfter(async (tx) => {
      await empty(tx);
      await recordAudit(tx, deps, { event: 'user.created', actor: { kind: 'console' } });
    });
    expect(begunAnew).toMatchObject(lost);
    await db().write((tx) => tx.deleteFrom('installation').execute());
  });

  test('a chain put back to an older copy is found by an end that was kept', async () => {
    const intact = { kind: 'intact' };
    const before = await verifyAudit({ db: db(), vault });
    const ends = before.kind === 'intact' ? before.ends : [];
    const [end] = ends;
    expect(end).toMatchObject({ chain: 'test', sequence: 30 });
    expect(readEnd(writeEnd(end!))).toEqual(end);
    expect(await verifyAudit({ db: db(), vault }, ends)).toMatchObject(intact);
    const older = await db().read.selectFrom('audit_heads').selectAll().execute();
    await record(db(), 'usr_later');
    expect(await verifyAudit({ db: db(), vault }, ends)).toMatchObject(intact);
    const now = await verifyAudit({ db: db(), vault });
    const kept = now.kind === 'intact' ? now.ends : [];
    const putBack = async (tx: Tx) => {
      await tx.deleteFrom('audit_events').where('sequence', '=', 31).execute();
      await tx.deleteFrom('audit_heads').execute();
      await tx.insertInto('audit_heads').values(older).execute();
    };
    expect(await verdictAfter(putBack)).toMatchObject(intact);
    expect(await verdictAfter(putBack, kept)).toMatchObject({ kind: 'broken', chain: 'test', sequence: 31 });
    const another = await verdictAfter(async (tx) => {
      await putBack(tx);
      await recordAudit(tx, deps, { event: 'user.deleted', actor: { kind: 'console' } });
    }, kept);
    expect(another).toMatchObject({ kind: 'broken', sequence: 31 });
    expect(await verifyAudit({ db: db(), vault }, [{ ...end!, chain: 'gone' }])).toMatchObject({
      kind: 'broken',
      chain: 'gone',
    });
  });

  test('a server that appends meanwhile neither breaks the walk nor keeps it from ending', async () => {
    let done = false;
    const appending = (async () => {
      while (!done) await Promise.all([record(db(), 'usr_a'), record(db(), 'usr_b')]);
    })();
    const verdicts = [];
    for (let n = 0; n < 5; n += 1) verdicts.push(await verifyAudit({ db: db(), vault, pageSize: 2 }));
    done = true;
    await appending;
    for (const verdict of verdicts) expect(verdict).toMatchObject({ kind: 'intact' });
    expect(await verifyAudit({ db: db(), vault })).toMatchObject({ kind: 'intact' });
  });
});

test('an end is read back only as it was written', () => {
  const hash = 'h'.repeat(43);
  expect(readEnd(`a:b:3:${hash}`)).toEqual({ chain: 'a:b', sequence: 3, hash });
  for (const odd of [
    '',
    'x',
    `main:0:${hash}`,
    `main:01:${hash}`,
    `:1:${hash}`,
    `main:1:${hash}h`,
    `main:1e3:${hash}`,
  ])
    expect(readEnd(odd)).toBeUndefined();
});
