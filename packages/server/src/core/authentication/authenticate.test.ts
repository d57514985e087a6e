// The whole login at the engine: what is refused before anybody is asked, what is one request, how it ends, when a phone is left alone.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ending } from '#core/approvals/challenge.ts';
import { verifyAudit } from '#core/audit/verify-audit.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Unavailable } from '#platform/problem.ts';
import { getActivity } from './auth-request-store.ts';
import { listActivity } from './list-activity.ts';
import { authenticate } from './authenticate.ts';
import { awaitOutcome } from './await-outcome.ts';
import { beginLogin, maxOpenRequests } from './begin-login.ts';
import { closeExpired, closeIfExpired } from './close-expired.ts';
import { checkOwnPassword, type FirstFactorCheck } from './first-factor.ts';
import { approved, createEngine, type Engine, never, passes } from './login.test-support.ts';
import { Accepted, outcomeOf } from './outcome.ts';

const denied: Ending = { status: 'denied', reason: 'denied_by_user' };

onBothDatabases('login engine', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });

  const begin = (username: string, change = {}) => engine.begin(username, change);
  const asked = (username: string, change = {}) => engine.asked(username, change);
  const end = (authRequestId: string, ending: Ending) => engine.end(authRequestId, ending);
  const wait = (id: string, within = 60_000) => awaitOutcome(engine.deps, id, { within, signal: never });
  const reasonOf = async (username: string, change = {}) => {
    const begun = await begin(username, change);
    return begun.kind === 'rejected' ? begun.reason : begun.kind;
  };

  async function untilPending(userId: string): Promise<string[]> {
    for (;;) {
      const rows = await db()
        .read.selectFrom('auth_requests')
        .select('id')
        .where('user_id', '=', userId)
        .where('status', '=', 'pending')
        .execute();
      if (rows.length > 0) return rows.map(({ id }) => id);
      await new Promise(setImmediate);
    }
  }

  describe('the way in', () => {
    test('an approved request is accepted, and the trail tells each step', async () => {
      const user = await engine.newUser();
      const waiting = authenticate(engine.deps, engine.login(user.username), {
        firstFactor: passes,
        signal: never,
      });
      const [open] = await untilPending(user.id);
      await end(open!, approved);
      const outcome = await waiting;
      expect(outcome).toBeInstanceOf(Accepted);
      expect(outcome).toMatchObject({ kind: 'accepted', requestId: open, userId: user.id });
      const { steps, status, reason } = await getActivity(db().read, null, open!);
      expect([status, reason]).toEqual(['approved', null]);
      expect(steps.map(({ code }) => code)).toEqual([
        'received',
        'user_found',
        'password_correct',
        'request_sent',
        'denied',
      ]);
    });

    test('nobody but the engine can make an acceptance', () => {
      const facts = { requestId: 'req', userId: 'usr', username: 'x', doorData: null };
      expect(() => new Accepted(Symbol('guess') as never, facts)).toThrow(TypeError);
      const row = {
        id: 'req',
        reason: null,
        user_id: null,
        user_enabled: null,
        application_enabled: 1 as const,
        authorises: 1 as const,
        username: 'x',
        expires_at: 0,
      };
      expect(outcomeOf({ ...row, status: 'approved' }, () => null)).toMatchObject({ kind: 'rejected' });
    });
  });

  describe('refused before anybody is asked', () => {
    test.each([
      ['unknown_user', async (): Promise<string> => 'nobody'],
      ['no_device', async (): Promise<string> => (await engine.newUser({ devices: 0 })).username],
      [
        'user_disabled',
        async (): Promise<string> => {
          const user = await engine.newUser();
          await db().write((tx) =>
            tx.updateTable('users').set({ enabled: 0 }).where('id', '=', user.id).execute(),
          );
          return user.username;
        },
      ],
    ] as const)('%s', async (reason, username) => {
      expect(await reasonOf(await username())).toBe(reason);
      const [latest] = (await listActivity({ db: db(), clock: engine.clock }, null, { limit: 1 })).items;
      expect(latest).toMatchObject({ status: 'denied', reason });
      expect(latest?.remedy).toBeTruthy();
    });

    test('a wrong password never reaches the phone', async () => {
      const user = await engine.newUser();
      const firstFactor = checkOwnPassword(engine.passwords, 'wrong password');
      const outcome = await authenticate(engine.deps, engine.login(user.username), {
        firstFactor,
        signal: never,
      });
      expect(outcome).toMatchObject({ kind: 'rejected', reason: 'no_password' });
      const challenges = await db()
        .read.selectFrom('challenges')
        .selectAll()
        .where('user_id', '=', user.id)
        .execute();
      expect(challenges).toEqual([]);
    });

    test('an application that is disabled refuses before the password is looked at', async () => {
      const change = (enabled: 0 | 1) =>
        db().write((tx) =>
          tx.updateTable('applications').set({ enabled }).where('id', '=', engine.application.id).execute(),
        );
      await change(0);
      let looked = false;
      const firstFactor = async () => {
        looked = true;
        return passes(undefined, never);
      };
      const begun = await beginLogin(engine.deps, engine.login('anybody'), { firstFactor, signal: never });
      await change(1);
      expect(begun).toMatchObject({ kind: 'rejected', reason: 'application_disabled' });
      expect(looked).toBe(false);
    });

    test('too many logins are refused, and only some are written down', async () => {
      const tight = (burst: number) => createThrottle(engine.clock, { burst, perMinute: 1 });
      const deps = {
        ...engine.deps,
        throttles: { ...engine.deps.throttles, user: tight(2), recorded: tight(1) },
      };
      const user = await engine.newUser({ devices: 0 });
      const results = [];
      for (let i = 0; i < 5; i++)
        results.push(
          await beginLogin(deps, engine.login(user.username), { firstFactor: passes, signal: never }),
        );
      expect(results.map((begun) => begun.kind === 'rejected' && begun.reason)).toEqual([
        'no_device',
        'no_device',
        'throttled',
        'throttled',
        'throttled',
      ]);
      expect(results.map((begun) => begun.kind === 'rejected' && begun.requestId !== null)).toEqual([
        true,
        true,
        true,
        false,
        false,
      ]);
    });

    test('names that nobody has are not all written down', async () => {
      const deps = {
        ...engine.deps,
        throttles: {
          ...engine.deps.throttles,
          recorded: createThrottle(engine.clock, { burst: 2, perMinute: 1 }),
        },
      };
      const refuse = (i: number) =>
        beginLogin(deps, engine.login(`nobody-${i}`), { firstFactor: passes, signal: never });
      const results = [];
      for (let i = 0; i < 5; i++) results.push(await refuse(i));
      expect(results.map((begun) => begun.kind === 'rejected' && begun.requestId !== null)).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
      expect(engine.reasons.slice(-5)).toEqual(Array(5).fill('unknown_user'));
    });

    test('where it comes from is shown harmlessly on the phone', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username, { clientAddress: '10.0.0.1\u202e\u001b[2J' });
      const { content } = await db()
        .read.selectFrom('challenges')
        .select('content')
        .where('auth_request_id', '=', requestId)
        .executeTakeFirstOrThrow();
      expect(JSON.parse(content).client.address).toBe('10.0.0.1\ufffd\ufffd[2J');
      expect((await getActivity(db().read, null, requestId)).client_address).toBe('10.0.0.1\ufffd\ufffd[2J');
    });

    test('control and bidirectional characters in a user name are shown harmlessly', async () => {
      await begin('ali\u202ece\u0000\u0007');
      const [latest] = (await listActivity({ db: db(), clock: engine.clock }, null, { limit: 1 })).items;
      expect(latest?.username).toBe('ali\ufffdce\ufffd\ufffd');
    });
  });

  describe('one login is one request', () => {
    test('the same login again joins the open request, also when both come at once', async () => {
      const user = await engine.newUser();
      const begun = await Promise.all([asked(user.username), asked(user.username), asked(user.username)]);
      expect(new Set(begun.map(({ requestId }) => requestId)).size).toBe(1);
      expect(begun.filter(({ joined }) => !joined)).toHaveLength(1);
      const later = await asked(user.username);
      expect(later.joined).toBe(true);
      await end(later.requestId, approved);
      expect((await asked(user.username)).requestId).not.toBe(later.requestId);
    });

    test('a login from elsewhere, or from nowhere known, is a request of its own', async () => {
      const user = await engine.newUser();
      const here = await asked(user.username);
      const there = await asked(user.username, { context: ['198.51.100.7'] });
      const nowhere = await asked(user.username, { context: null });
      expect(new Set([here, there, nowhere].map(({ requestId }) => requestId)).size).toBe(3);
      expect(maxOpenRequests).toBe(3);
      expect(await reasonOf(user.username, { context: null })).toBe('too_many_requests');
    });

    test('a joined login keeps what its own first factor brought', async () => {
      const user = await engine.newUser();
      const with_ =
        (text: string): FirstFactorCheck =>
        async () => ({ kind: 'verified', step: { code: 'password_correct' }, doorData: Buffer.from(text) });
      const waiting = ['one', 'two'].map((text) =>
        authenticate(engine.deps, engine.login(user.username), { firstFactor: with_(text), signal: never }),
      );
      const open = (await untilPending(user.id))[0]!;
      while ((await getActivity(db().read, null, open)).steps.every(({ code }) => code !== 'joined'))
        await new Promise(setImmediate);
      await end(open, approved);
      const outcomes = await Promise.all(waiting);
      expect(
        outcomes.map((outcome) => outcome.kind === 'accepted' && Buffer.from(outcome.doorData!).toString()),
      ).toEqual(['one', 'two']);
    });

    test('joining bothers no phone, so it counts as no request', async () => {
      const user = await engine.newUser();
      const deps = {
        ...engine.deps,
        throttles: {
          ...engine.deps.throttles,
          requests: createThrottle(engine.clock, { burst: 1, perMinute: 1 }),
        },
      };
      const again = () =>
        beginLogin(deps, engine.login(user.username), { firstFactor: passes, signal: never });
      for (let i = 0; i < 5; i++) expect(await again()).toMatchObject({ kind: 'asked' });
    });

    test('a user name in other letter case is the same login', async () => {
      const user = await engine.newUser();
      const first = await asked(user.username);
      const second = await asked(user.username.toUpperCase());
      expect(second.requestId).toBe(first.requestId);
    });
  });

  describe('the end comes once', () => {
    test('of many that end a request at once, one does; its audit event and step are written once', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username);
      const results = await Promise.all([
        end(requestId, approved),
        end(requestId, denied),
        end(requestId, denied),
        end(requestId, approved),
      ]);
      expect(results.filter((closed) => closed !== undefined)).toHaveLength(1);
      const { steps } = await getActivity(db().read, null, requestId);
      expect(steps.filter(({ code }) => code === 'denied')).toHaveLength(1);
      const events = await db()
        .read.selectFrom('audit_events')
        .select('event')
        .where('subject_id', '=', requestId)
        .execute();
      expect(events).toHaveLength(2);
    });

    test('at expiry the waiting door ends the request itself', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username);
      engine.clock.turn(60_001);
      await closeIfExpired(engine.deps, requestId);
      expect(await wait(requestId)).toMatchObject({ kind: 'rejected', reason: 'expired' });
      expect(await end(requestId, approved)).toBeUndefined();
    });

    test('the sweep ends what nobody waits for', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username);
      engine.clock.turn(60_001);
      expect(await closeExpired(engine.deps)).toBeGreaterThanOrEqual(1);
      expect(await getActivity(db().read, null, requestId)).toMatchObject({
        status: 'expired',
        reason: 'expired',
      });
      expect(await closeExpired(engine.deps)).toBe(0);
    });

    test('a wait that is broken off leaves the request open', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username);
      const control = new AbortController();
      const waiting = awaitOutcome(engine.deps, requestId, { within: 60_000, signal: control.signal });
      control.abort();
      expect(await waiting).toMatchObject({ kind: 'waiting', requestId });
    });

    test('a database that fails for a moment does not end a wait', async () => {
      const user = await engine.newUser();
      const { requestId } = await asked(user.username);
      await end(requestId, approved);
      let failures = 1;
      const failing: Db = Object.create(db(), {
        read: {
          get() {
            if (failures-- > 0) throw new Unavailable('database', new Error('gone'));
            return db().read;
          },
        },
      });
      const deps = { ...engine.deps, db: failing };
      expect(await awaitOutcome(deps, requestId, { within: 60_000, signal: never })).toBeInstanceOf(Accepted);
    });
  });

  describe('leaving the phone alone', () => {
    test('after three denied or ignored requests, for a while; an approval is forgiven at once', async () => {
      const user = await engine.newUser();
      for (let i = 0; i < 3; i++) await end((await asked(user.username)).requestId, denied);
      expect(await reasonOf(user.username)).toBe('left_alone');
      engine.clock.turn(60_001);
      const { requestId } = await asked(user.username);
      await end(requestId, approved);
      const row = await db()
        .read.selectFrom('users')
        .selectAll()
        .where('id', '=', user.id)
        .executeTakeFirstOrThrow();
      expect(row).toMatchObject({ unanswered_streak: 0, left_alone_until: null });
    });

    test('after “it was not me”, until an administrator releases the requests; whatever else was open is refused with it', async () => {
      const user = await engine.newUser();
      const other = await asked(user.username, { context: ['elsewhere'] });
      await end((await asked(user.username)).requestId, { status: 'denied', reason: 'reported_by_user' });
      engine.clock.turn(86_400_000);
      expect(await reasonOf(user.username)).toBe('requests_held');
      expect(await getActivity(db().read, null, other.requestId)).toMatchObject({
        status: 'denied',
        reason: 'requests_held',
      });
    });

    test('more requests than a phone should get are refused', async () => {
      const user = await engine.newUser();
      const deps = {
        ...engine.deps,
        throttles: {
          ...engine.deps.throttles,
          requests: createThrottle(engine.clock, { burst: 1, perMinute: 1 }),
        },
      };
      const first = await beginLogin(deps, engine.login(user.username), {
        firstFactor: passes,
        signal: never,
      });
      expect(first.kind).toBe('asked');
      const second = await beginLogin(deps, engine.login(user.username, { context: ['elsewhere'] }), {
        firstFactor: passes,
        signal: never,
      });
      expect(second).toMatchObject({ kind: 'rejected', reason: 'too_many_requests' });
    });
  });

  test('after all this the audit chain is whole', async () => {
    expect(await verifyAudit(engine.deps)).toMatchObject({ kind: 'intact' });
  });
});
