import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { administrationDeps, createHandClock } from './administration.test-support.ts';
import { createJournal } from './journal.ts';
import { joinChains } from './join-chains.ts';
import { verifyAudit } from './verify-audit.ts';

onBothDatabases('joined audit chains', (db) => {
  test('find a chain that was set back to an older copy of itself, and are silent when nothing happens', async () => {
    const clock = createHandClock();
    const node = (auditChain: string) => ({ ...administrationDeps(db(), clock), auditChain });
    const [one, two] = [node('one'), node('two')];
    const journal = createJournal(two);
    const tell = (subjectId: string) =>
      journal.write([], { event: 'auth_request.denied', actor: { kind: 'system' }, subjectId });
    await tell('first');
    const copy = await db().read.selectFrom('audit_heads').selectAll().execute();
    await tell('second');

    clock.turn(1000);
    const joinedAt = await joinChains(one, 0);
    expect(joinedAt).toBe(clock.now());
    clock.turn(1000);
    expect(await joinChains(one, joinedAt)).toBe(joinedAt);
    expect(await joinChains(two, joinedAt)).toBe(joinedAt);
    expect(await verifyAudit(one)).toMatchObject({ kind: 'intact', chains: 2 });

    await db().write(async (tx) => {
      await tx.deleteFrom('audit_events').where('subject_id', '=', 'second').execute();
      const [end] = copy;
      await tx.updateTable('audit_heads').set(end!).where('chain', '=', end!.chain).execute();
    });
    expect(await verifyAudit(one)).toMatchObject({ kind: 'broken', chain: 'two/logins', sequence: 2 });
  });
});
