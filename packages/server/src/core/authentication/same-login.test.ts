// What is one login to a human, and what is not: retries, copies of a packet, fail-over to another node, before and after the answer.
import { beforeAll, describe, expect, test } from 'vitest';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { createJournal } from '#core/audit/journal.ts';
import { verifyAudit } from '#core/audit/verify-audit.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createBus } from '#platform/bus.ts';
import { getActivity } from './auth-request-store.ts';
import { awaitOutcome } from './await-outcome.ts';
import { beginLogin, type LoginDeps, maxOpenRequests } from './begin-login.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';

onBothDatabases('one login or two', (db) => {
  let engine: Engine;
  let other: LoginDeps;
  beforeAll(async () => {
    engine = await createEngine(db());
    const deps = { ...engine.deps, auditChain: 'other', bus: createBus() };
    other = { ...deps, journal: createJournal(deps) };
  });
  const begin = (username: string, change = {}, deps: LoginDeps = engine.deps) =>
    beginLogin(deps, engine.login(username, change), { firstFactor: passes, signal: never });
  const requests = async (userId: string) =>
    db().read.selectFrom('auth_requests').select(['id', 'status']).where('user_id', '=', userId).execute();
  const idOf = async (username: string, change = {}, deps: LoginDeps = engine.deps) => {
    const begun = await begin(username, change, deps);
    if (begun.kind !== 'asked') throw new Error(`expected a question, got ${JSON.stringify(begun)}`);
    return begun.requestId;
  };
  const end = (authRequestId: string, status: 'approved' | 'denied') =>
    db().write((tx) =>
      closeAuthRequest(tx, engine.deps, {
        authRequestId,
        ending: { status, reason: status === 'approved' ? null : 'denied_by_user' },
        actor: { kind: 'system' },
        step: { code: 'approved', details: { device: 'phone' } },
      }),
    );
  const outcome = (id: string, deps: LoginDeps = engine.deps) =>
    awaitOutcome(deps, id, { within: 0, signal: never, doorData: null });

  describe('a session that has a name of its own', () => {
    const session = { context: ['session', '1'], contextLasts: true };

    test.each(['approved', 'denied'] as const)(
      'comes again after it was %s: the same answer',
      async (status) => {
        const user = await engine.newUser();
        const id = await idOf(user.username, { ...session, packetDigest: `first ${status}` });
        await end(id, status);
        engine.clock.turn(29_000);
        const again = await idOf(user.username, { ...session, packetDigest: `second ${status}` }, other);
        expect(again).toBe(id);
        const kind = status === 'approved' ? 'accepted' : 'rejected';
        expect(await outcome(again, other)).toMatchObject({ kind });
        expect(await requests(user.id)).toHaveLength(1);
      },
    );

    test('comes again much later: another login, and the first keeps its end', async () => {
      const user = await engine.newUser();
      const id = await idOf(user.username, session);
      await end(id, 'approved');
      engine.clock.turn(31_000);
      const later = await idOf(user.username, session);
      expect(later).not.toBe(id);
      expect((await requests(user.id)).map(({ status }) => status).toSorted()).toEqual([
        'approved',
        'pending',
      ]);
    });

    test('a clock that was set back makes no old answer new', async () => {
      const user = await engine.newUser();
      const id = await idOf(user.username, session);
      await end(id, 'approved');
      engine.clock.set(engine.clock.now() - 3_600_000);
      expect(await idOf(user.username, session)).not.toBe(id);
      engine.clock.set(engine.clock.now() + 3_600_000);
    });
  });

  test('without such a name, a login after the answer is asked anew, from the same place too', async () => {
    const user = await engine.newUser();
    const id = await idOf(user.username);
    expect(await idOf(user.username)).toBe(id);
    await end(id, 'approved');
    expect(await idOf(user.username)).not.toBe(id);
  });

  describe('a copy of a packet', () => {
    const copy = (digest: string) => ({ context: null, packetDigest: digest });

    test('waits for the same answer on either node, without a word in the activity', async () => {
      const user = await engine.newUser();
      const id = await idOf(user.username, copy('waits'));
      expect(await idOf(user.username, copy('waits'), other)).toBe(id);
      expect((await getActivity(db().read, null, id)).steps.map(({ code }) => code)).not.toContain('joined');
      await end(id, 'approved');
      expect(await outcome(await idOf(user.username, copy('waits'), other), other)).toMatchObject({
        kind: 'accepted',
      });
    });

    test('is refused once the login is long over: nobody is asked again', async () => {
      const user = await engine.newUser();
      const id = await idOf(user.username, copy('replayed'));
      await end(id, 'approved');
      engine.clock.turn(31_000);
      for (const deps of [engine.deps, other])
        expect(await begin(user.username, copy('replayed'), deps)).toMatchObject({ reason: 'replayed' });
      const statuses = (await requests(user.id)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 'pending')).toEqual([]);
      expect(statuses.filter((status) => status === 'approved')).toHaveLength(1);
    });

    test('does not ride on a login that shows a number', async () => {
      const user = await engine.newUser();
      const change = { ...copy('number'), number: 'shown_by_challenge' as const };
      expect(await begin(user.username, change)).toMatchObject({ kind: 'asked' });
      expect(await begin(user.username, change, other)).toMatchObject({ reason: 'replayed' });
    });
  });

  describe('races', () => {
    test('the same login at two nodes at once is one request', async () => {
      const user = await engine.newUser();
      const all = [engine.deps, other, engine.deps, other, other, engine.deps];
      const ids = await Promise.all(all.map((deps) => idOf(user.username, {}, deps)));
      expect(new Set(ids).size).toBe(1);
      expect(await requests(user.id)).toHaveLength(1);
    });

    test('no two nodes together ask a user more than one may', async () => {
      const user = await engine.newUser();
      const begun = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          begin(user.username, { context: [`place ${i}`] }, i % 2 ? other : engine.deps),
        ),
      );
      expect(begun.filter(({ kind }) => kind === 'asked').length).toBeLessThanOrEqual(maxOpenRequests);
      const open = (await requests(user.id)).filter(({ status }) => status === 'pending');
      expect(open.length).toBeGreaterThan(0);
      expect(open.length).toBeLessThanOrEqual(maxOpenRequests);
    });

    test('nobody is asked who was disabled while the password was checked', async () => {
      const user = await engine.newUser();
      const begun = await beginLogin(engine.deps, engine.login(user.username), {
        firstFactor: async (...args) => {
          await db().write((tx) =>
            tx.updateTable('users').set({ enabled: 0 }).where('id', '=', user.id).execute(),
          );
          return passes(...args);
        },
        signal: never,
      });
      expect(begun).toMatchObject({ kind: 'rejected', reason: 'user_disabled' });
    });

    test('nor when the application was disabled meanwhile', async () => {
      const own = await createEngine(db());
      const user = await own.newUser();
      const begun = await beginLogin(own.deps, own.login(user.username), {
        firstFactor: async (...args) => {
          const disable = db().write((tx) =>
            tx.updateTable('applications').set({ enabled: 0 }).where('id', '=', own.application.id).execute(),
          );
          await disable;
          return passes(...args);
        },
        signal: never,
      });
      expect(begun).toMatchObject({ kind: 'rejected', reason: 'application_disabled' });
    });
  });

  test('the audit trail of both nodes is whole after all of this', async () => {
    expect(await verifyAudit(engine.deps)).toMatchObject({ kind: 'intact' });
  });
});
