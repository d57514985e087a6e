import { beforeAll, describe, expect, test } from 'vitest';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import type { Ending } from '#core/approvals/challenge.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import { verifyAudit } from '#core/audit/verify-audit.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Unavailable } from '#platform/problem.ts';
import { getActivity, listActivity } from './auth-request-store.ts';
import { authenticate, continueLogin } from './authenticate.ts';
import { awaitOutcome } from './await-outcome.ts';
import { beginLogin, maxOpenRequests } from './begin-login.ts';
import { closeExpired, closeIfExpired } from './close-expired.ts';
import { createAuthRequest } from './create-auth-request.ts';
import { cancelAuthRequest } from './cancel-auth-request.ts';
import { checkOwnPassword, type FirstFactorCheck } from './first-factor.ts';
import { plantDevice } from '#core/audit/administration.test-support.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { newId } from '#platform/id.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';
import { Accepted, outcomeOf } from './outcome.ts';

const approved: Ending = { status: 'approved', reason: null };
const denied: Ending = { status: 'denied', reason: 'denied_by_user' };

onBothDatabases('login engine', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });

  const begin = (username: string, change = {}) => {
    // Ids sort by the millisecond they were made in.
    engine.clock.turn(1);
    return beginLogin(engine.deps, engine.login(username, change), { firstFactor: passes, signal: never });
  };

  async function asked(username: string, change = {}) {
    const begun = await begin(username, change);
    if (begun.kind !== 'asked') throw new Error(`expected a question, got ${JSON.stringify(begun)}`);
    return begun;
  }

  async function end(authRequestId: string, ending: Ending) {
    const closed = await engine.deps.db.write((tx) =>
      closeAuthRequest(tx, engine.deps, {
        authRequestId,
        ending,
        actor: { kind: 'system' },
        step: { code: 'denied' },
      }),
    );
    if (closed) wakeAbout(engine.deps.bus, { id: authRequestId, userId: closed.userId });
    return closed;
  }

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
      const [latest] = (await listActivity(db().read, null, { limit: 1 })).items;
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
      const [latest] = (await listActivity(db().read, null, { limit: 1 })).items;
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

    test('after “it was not me”, until an administrator clears it; whatever else was open is refused with it', async () => {
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

  describe('a number to type', () => {
    const showing = { number: 'shown_by_challenge' } as const;

    test('the state goes on with the login once, for the same user and door', async () => {
      const user = await engine.newUser();
      const login = engine.login(user.username, showing);
      const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
      if (shown.kind !== 'show_number') throw new Error(shown.kind);
      expect(shown.number).toMatch(/^[0-9]{2}$/);
      await end(shown.requestId, approved);
      const go = (change = {}) =>
        continueLogin(engine.deps, { ...login, ...change }, { state: shown.state, signal: never });
      expect(await go({ username: 'somebody-else' })).toMatchObject({
        kind: 'rejected',
        reason: 'challenge_unknown',
      });
      expect(await go({ door: { kind: 'radius', id: 'rcl_other' } })).toMatchObject({
        kind: 'rejected',
        reason: 'challenge_unknown',
      });
      const [first, second] = await Promise.all([go(), go()]);
      expect([first.kind, second.kind].toSorted()).toEqual(['accepted', 'rejected']);
    });

    test('a state is of no use long after', async () => {
      const user = await engine.newUser();
      const login = engine.login(user.username, showing);
      const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
      if (shown.kind !== 'show_number') throw new Error(shown.kind);
      await end(shown.requestId, approved);
      engine.clock.turn(180_000);
      expect(await continueLogin(engine.deps, login, { state: shown.state, signal: never })).toMatchObject({
        kind: 'rejected',
        reason: 'challenge_unknown',
      });
    });

    test('a second login from the same place does not see the first one’s number, nor take it over', async () => {
      const user = await engine.newUser();
      const login = engine.login(user.username, showing);
      const [victim, attacker] = [
        await authenticate(engine.deps, login, { firstFactor: passes, signal: never }),
        await authenticate(engine.deps, login, { firstFactor: passes, signal: never }),
      ];
      if (victim.kind !== 'show_number' || attacker.kind !== 'show_number') throw new Error(victim.kind);
      expect(attacker.requestId).not.toBe(victim.requestId);
      await end(victim.requestId, approved);
      const go = (state: Uint8Array, signal: AbortSignal) =>
        continueLogin(engine.deps, login, { state, signal });
      expect(await go(attacker.state, AbortSignal.abort())).toMatchObject({ kind: 'waiting' });
      expect(await go(victim.state, never)).toMatchObject({ kind: 'accepted', requestId: victim.requestId });
    });

    test.each([
      ['deleted', 'unknown_user'],
      ['disabled', 'user_disabled'],
      ['of a disabled application', 'application_disabled'],
    ] as const)('a user %s after approving is not let in', async (what, reason) => {
      const user = await engine.newUser();
      const login = engine.login(user.username, showing);
      const shown = await authenticate(engine.deps, login, { firstFactor: passes, signal: never });
      if (shown.kind !== 'show_number') throw new Error(shown.kind);
      await end(shown.requestId, approved);
      const setApplication = (enabled: 0 | 1) =>
        db().write((tx) =>
          tx.updateTable('applications').set({ enabled }).where('id', '=', engine.application.id).execute(),
        );
      if (what === 'deleted') await deleteUser(engine.deps, { kind: 'console' }, null, user.id);
      else if (what === 'disabled')
        await db().write((tx) =>
          tx.updateTable('users').set({ enabled: 0 }).where('id', '=', user.id).execute(),
        );
      else await setApplication(0);
      const outcome = await continueLogin(engine.deps, login, { state: shown.state, signal: never });
      await setApplication(1);
      expect(outcome).toMatchObject({ kind: 'rejected', reason });
    });

    test('the number lies in the database sealed', async () => {
      const user = await engine.newUser();
      await asked(user.username, { number: 'shown_by_caller' });
      const { number, content } = await db()
        .read.selectFrom('challenges')
        .selectAll()
        .where('user_id', '=', user.id)
        .executeTakeFirstOrThrow();
      expect(number).toMatch(/^v1\./);
      expect(JSON.parse(content).number).toEqual({ digits: 2 });
    });
  });

  describe('by API', () => {
    const caller = { id: 'acl_portal', name: 'Portal', applicationId: null };
    const input = (username: string, change = {}) => ({
      application: engine.application.access_id,
      username,
      description: '',
      client_address: null,
      number_matching: false,
      ...change,
    });

    test('asked again with the same reference, a known and an unknown user’s request is the open one', async () => {
      const user = await engine.newUser();
      for (const username of [user.username, 'nobody with a reference']) {
        const ask = (reference?: string) =>
          createAuthRequest(engine.deps, caller, input(username, { reference }), never);
        const [first, again, other] = [
          await ask('transfer 1'),
          await ask('transfer 1'),
          await ask('transfer 2'),
        ];
        expect(again.id).toBe(first.id);
        expect(other.id).not.toBe(first.id);
        expect((await ask()).id).not.toBe((await ask()).id);
      }
    });

    test('requests that cannot be asked keep no later login out', async () => {
      const user = await engine.newUser({ devices: 0 });
      for (let i = 0; i < 4; i++) await createAuthRequest(engine.deps, caller, input(user.username), never);
      await plantDevice(db(), user.id, newId(engine.deps, 'dev'));
      expect(await begin(user.username)).toMatchObject({ kind: 'asked' });
    });

    test('a known and an unknown user look the same, whatever time the application gives', async () => {
      await db().write((tx) =>
        tx
          .updateTable('applications')
          .set({ request_seconds: 50 })
          .where('id', '=', engine.application.id)
          .execute(),
      );
      const user = await engine.newUser();
      const known = await createAuthRequest(engine.deps, caller, input(user.username), never);
      const unknown = await createAuthRequest(engine.deps, caller, input('nobody at all'), never);
      const shape = (value: object) =>
        Object.entries(value).map(([key, each]) => [key, each === null ? null : typeof each]);
      expect(shape(unknown)).toEqual(shape(known));
      expect([known.status, unknown.status]).toEqual(['pending', 'pending']);
      expect(unknown.expires_at - unknown.created_at).toBe(known.expires_at - known.created_at);
      engine.clock.turn(60_001);
      await closeExpired(engine.deps);
      expect(await getActivity(db().read, null, unknown.id)).toMatchObject({
        status: 'expired',
        reason: 'unknown_user',
      });
    });

    test('another application’s or another client’s are not found; a cancelled one stays cancelled', async () => {
      const user = await engine.newUser();
      const bound = { ...caller, applicationId: 'app_other' };
      await expect(createAuthRequest(engine.deps, bound, input(user.username), never)).rejects.toMatchObject({
        code: 'not_found',
      });
      const { id } = await createAuthRequest(engine.deps, caller, input(user.username), never);
      await expect(
        cancelAuthRequest(engine.deps, { id: 'acl_other', name: 'Other' }, id),
      ).rejects.toMatchObject({ code: 'not_found' });
      expect(await cancelAuthRequest(engine.deps, caller, id)).toMatchObject({ status: 'cancelled' });
      await expect(cancelAuthRequest(engine.deps, caller, id)).rejects.toMatchObject({
        code: 'request_closed',
      });
      expect(await end(id, approved)).toBeUndefined();
    });

    test('while the server drains, new logins are turned away', async () => {
      const user = await engine.newUser();
      const deps = { ...engine.deps, acceptsLogins: () => false };
      await expect(createAuthRequest(deps, caller, input(user.username), never)).rejects.toMatchObject({
        code: 'shutting_down',
      });
    });
  });

  test('after all this the audit chain is whole', async () => {
    expect(await verifyAudit(engine.deps)).toMatchObject({ kind: 'intact' });
  });
});
