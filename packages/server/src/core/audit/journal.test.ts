import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { type Change, insertInto, updateOf } from '#db/row-statement.ts';
import { Unavailable } from '#platform/problem.ts';
import { administrationDeps } from './administration.test-support.ts';
import { createJournal } from './journal.ts';
import type { AuditEntry } from './record-audit.ts';
import { verifyAudit } from './verify-audit.ts';

const insertProof = insertInto('proofs', ['key_thumbprint', 'jti']);
const proof = (jti: string): Change => [insertProof({ key_thumbprint: 'k', jti, expires_at: 1 })];
const extend = updateOf<{ id: string }>({
  table: 'proofs',
  parameters: { id: 'text' },
  set: 'expires_at = proofs.expires_at + 1',
  where: 'proofs.jti = :id',
  required: true,
});
const told = (subjectId: string): AuditEntry => ({
  event: 'auth_request.denied',
  actor: { kind: 'system' },
  subjectId,
});

onBothDatabases('journal', (db) => {
  let made = 0;
  const start = (auditChain = `node-${++made}`) => {
    const deps = { ...administrationDeps(db()), auditChain };
    return { deps, chain: `${auditChain}/logins`, journal: createJournal(deps) };
  };
  const eventsOf = async (chain: string) => {
    const query = db().read.selectFrom('audit_events').select(['subject_id', 'sequence']);
    return query.where('chain', '=', chain).orderBy('sequence').execute();
  };
  const verdict = () => verifyAudit(administrationDeps(db()));

  test('many changes share commits, and the chain holds an event for each', async () => {
    const sizes: number[] = [];
    const deps = { ...administrationDeps(db()), auditChain: 'many' };
    const journal = createJournal(deps, { observe: ({ changes }) => sizes.push(changes) });
    const names = Array.from({ length: 300 }, (_, i) => `many-${i}`);
    const written = await Promise.all(names.map((name) => journal.write(proof(name), told(name))));
    expect(written.every(Boolean)).toBe(true);
    expect(sizes.length).toBeLessThan(10);
    expect(sizes.reduce((a, b) => a + b)).toBe(300);
    const events = await eventsOf('many/logins');
    expect(events.map(({ subject_id }) => subject_id)).toEqual(names);
    expect(events.map(({ sequence }) => sequence)).toEqual(names.map((_, i) => i + 1));
    expect(await verdict()).toMatchObject({ kind: 'intact' });
  });

  test('what is refused is told to nobody else, and leaves no event', async () => {
    const { journal, chain } = start();
    expect(await journal.write(proof('once'), told('first'))).toBe(true);
    const again = await Promise.all([
      journal.write(proof('other'), told('second')),
      journal.write(proof('once'), told('refused')),
      journal.write(proof('another'), told('third')),
    ]);
    expect(again).toEqual([true, false, true]);
    expect((await eventsOf(chain)).map(({ subject_id }) => subject_id)).toEqual(['first', 'second', 'third']);
    expect(await verdict()).toMatchObject({ kind: 'intact' });
  });

  test('the same row in the same moment is written once each, one after the other', async () => {
    const { journal } = start();
    const twice = await Promise.all([journal.write(proof('same')), journal.write(proof('same'))]);
    expect(twice.filter(Boolean)).toHaveLength(1);
    await Promise.all(Array.from({ length: 5 }, () => journal.write([extend({ id: 'same' })])));
    const row = await db().read.selectFrom('proofs').select('expires_at').where('jti', '=', 'same').execute();
    expect(row).toEqual([{ expires_at: 6 }]);
  });

  test('one that the database cannot take is no end of the others', async () => {
    const { journal, chain } = start();
    const bad: Change = [insertProof({ key_thumbprint: 'k', jti: null as unknown as string, expires_at: 1 })];
    const all = await Promise.allSettled([
      journal.write(proof('before it'), told('before it')),
      journal.write(bad, told('bad')),
      journal.write(proof('after it'), told('after it')),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await eventsOf(chain)).map(({ subject_id }) => subject_id)).toEqual(['before it', 'after it']);
    expect(await verdict()).toMatchObject({ kind: 'intact' });
  });

  test('two processes by the same name write one chain between them', async () => {
    const { journal, chain, deps } = start();
    const other = createJournal(deps);
    for (let i = 0; i < 3; i += 1)
      await Promise.all([journal.write([], told(`a${i}`)), other.write([], told(`b${i}`))]);
    expect(await eventsOf(chain)).toHaveLength(6);
    expect(await verdict()).toMatchObject({ kind: 'intact' });
  });

  test('a new process goes on where the last one ended', async () => {
    const { journal, chain, deps } = start();
    await journal.write([], told('before'));
    await createJournal(deps).write([], told('after'));
    expect((await eventsOf(chain)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await verdict()).toMatchObject({ kind: 'intact' });
  });

  test('an end that somebody changed is found however much is written after it', async () => {
    const { journal, chain, deps } = start();
    await journal.write([], told('one'));
    await journal.write([], told('two'));
    await db().write((tx) =>
      tx.deleteFrom('audit_events').where('chain', '=', chain).where('sequence', '=', 2).execute(),
    );
    const [one] = await db().read.selectFrom('audit_events').selectAll().where('chain', '=', chain).execute();
    await db().write((tx) =>
      tx
        .updateTable('audit_heads')
        .set({ sequence: 1, hash: one!.hash })
        .where('chain', '=', chain)
        .execute(),
    );
    expect(await journal.write([], told('three'))).toBe(true);
    expect(await createJournal(deps).write([], told('four'))).toBe(true);
    expect(await verdict()).toMatchObject({ kind: 'broken', chain });
    await db().write(async (tx) => {
      await tx.deleteFrom('audit_events').where('chain', '=', chain).execute();
      await tx.deleteFrom('audit_heads').where('chain', '=', chain).execute();
    });
  });
});

test('a broken database is told to all who wait, and the next change is tried anew', async () => {
  let broken = true;
  const refuse = async () => {
    throw new Unavailable('database', new Error('gone'));
  };
  const end = { chain: 'x/logins', sequence: 0, hash: '', mac: '' };
  const db = {
    write: async () => (broken ? refuse() : end),
    writeTogether: async (changes: readonly Change[]) => (broken ? refuse() : changes.map(() => true)),
  };
  const journal = createJournal({ ...administrationDeps(db as never), auditChain: 'x' });
  const all = await Promise.allSettled([journal.write([]), journal.write([]), journal.write([])]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  broken = false;
  expect(await journal.write([])).toBe(true);
});

test('more changes than can be written in time are refused at once', async () => {
  const never = new Promise<never>(() => {});
  const db = { write: () => never, writeTogether: () => never };
  const journal = createJournal({ ...administrationDeps(db as never), auditChain: 'x' });
  for (let i = 0; i < 20_000; i += 1) void journal.write([]);
  await new Promise(setImmediate);
  for (let i = 0; i < 128; i += 1) void journal.write([]);
  expect(journal.waiting()).toBe(20_000);
  await expect(journal.write([])).rejects.toThrow(Unavailable);
});
