import { expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { systemClock } from '#platform/clock.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { recordAudit } from './record-audit.ts';
import { verifyAudit } from './verify-audit.ts';

const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
const deps = { clock: systemClock, random: systemRandom, vault, auditChain: 'test' };

const record = (db: Db, subjectId: string) =>
  db.write((tx) =>
    recordAudit(tx, deps, { event: 'user.created', actor: { kind: 'console' }, subjectId, data: { n: 1 } }),
  );

onBothDatabases('audit', (db) => {
  test('events recorded at once form one unbroken chain', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => record(db(), `usr_${i}`)));
    expect(await verifyAudit({ db: db(), vault })).toEqual({ kind: 'intact', chains: 1, events: 30 });
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

  test('removing the note of the end is found', async () => {
    await db().write((tx) => tx.deleteFrom('audit_heads').execute());
    expect(await verifyAudit({ db: db(), vault })).toMatchObject({ kind: 'broken', chain: 'test' });
  });
});
