// How many logins are too many, and whose they are: a stranger, one client among several, the user.
import { setImmediate as immediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { createLoginFailures } from '#core/throttles/login-failures.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { beginLogin } from './begin-login.ts';
import { getActivity } from './auth-request-store.ts';
import type { FirstFactorCheck, MeantUser } from './first-factor.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';

const step = { code: 'source_accepted', details: { source: 'Corp' } } as const;

/** First factors of a user source that says that the name which was typed is this user's. */
function aliasOf({ id, username }: MeantUser, keepBack = async (): Promise<void> => undefined) {
  const meant = { id, username };
  const knows: FirstFactorCheck = async () => ({ kind: 'verified', step, doorData: null, meant, keepBack });
  const fails: FirstFactorCheck = async () => ({
    kind: 'refused',
    reason: 'wrong_password',
    step: null,
    meant,
  });
  return { knows, fails };
}

onBothDatabases('limits of logins', (db) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await createEngine(db());
  });

  test('a stranger’s wrong passwords do not use up the logins of the user', async () => {
    const rate = (burst: number) => ({ burst, perMinute: 1 });
    const limits: string[] = [];
    const deps = {
      ...engine.deps,
      throttled: (limit: string) => void limits.push(limit),
      throttles: {
        ...engine.deps.throttles,
        user: createThrottle(engine.clock, rate(2)),
        failures: createLoginFailures(engine.clock, {
          ...{ source: rate(50), userAtSource: rate(3), user: rate(5) },
        }),
      },
    };
    const user = await engine.newUser();
    const fails: FirstFactorCheck = async () => ({
      kind: 'refused',
      reason: 'wrong_password',
      step: { code: 'password_wrong' },
    });
    const from = (clientAddress: string, firstFactor: FirstFactorCheck) => {
      const login = engine.login(user.username, { clientAddress, context: [clientAddress] });
      return beginLogin(deps, login, { firstFactor, signal: never });
    };
    expect(await from('192.0.2.1', passes)).toMatchObject({ kind: 'asked' });
    for (let i = 0; i < 30; i += 1) await from(`203.0.113.${i % 5}`, fails);
    expect(await from('203.0.113.77', passes)).toMatchObject({ kind: 'rejected', reason: 'throttled' });
    expect(await from('192.0.2.1', passes)).toMatchObject({ kind: 'asked', joined: true });
    expect(limits.slice(-1)).toEqual(['failures_user']);
    expect(await from('192.0.2.1', passes)).toMatchObject({ kind: 'rejected', reason: 'throttled' });
    expect(limits.slice(-1)).toEqual(['user']);
  });

  test('a user whom other names mean, too, is asked as that user, and guesses at all names count together', async () => {
    const rate = (burst: number) => ({ burst, perMinute: 1 });
    const failures = createLoginFailures(engine.clock, {
      ...{ source: rate(50), userAtSource: rate(3), user: rate(50) },
    });
    const deps = { ...engine.deps, throttles: { ...engine.deps.throttles, failures } };
    const user = await engine.newUser();
    const { knows, fails } = aliasOf(user);
    const by = (name: string, firstFactor: FirstFactorCheck) =>
      beginLogin(deps, engine.login(name), { firstFactor, signal: never });
    const begun = await by(`CORP\\${user.username}`, knows);
    expect(begun).toMatchObject({ kind: 'asked' });
    const { user_id, steps } = await getActivity(db().read, null, (begun as { requestId: string }).requestId);
    expect(user_id).toBe(user.id);
    expect(steps.map(({ code }) => code)).toEqual([
      ...['received', 'user_not_found', 'source_accepted', 'user_found', 'request_sent'],
    ]);
    // Renamed in the very moment, and somebody else has the name.
    const other = await engine.newUser();
    const { knows: wrong } = aliasOf({ id: user.id, username: other.username });
    expect(await by('CORP\\renamed', wrong)).toMatchObject({ reason: 'unknown_user' });
    const asked: string[] = [];
    const guess = (domain: string) =>
      by(`${domain}\\${user.username}`, async (...given) => {
        asked.push(domain);
        return fails(...given);
      });
    for (const domain of ['one', 'two', 'three', 'four', ' five']) await guess(domain);
    expect(asked).toEqual(['one', 'two', 'three']);
    expect(await by(user.username, passes)).toMatchObject({ reason: 'throttled' });
    expect(await by(`six\\${user.username}`, knows)).toMatchObject({ reason: 'throttled' });
  });

  test('who comes in by another name is not shut out at the own place by strangers who guess at it', async () => {
    const rate = (burst: number) => ({ burst, perMinute: 1 });
    const failures = createLoginFailures(engine.clock, {
      ...{ source: rate(50), userAtSource: rate(3), user: rate(5) },
    });
    const deps = { ...engine.deps, throttles: { ...engine.deps.throttles, failures } };
    const user = await engine.newUser();
    const { knows, fails } = aliasOf(user);
    const from = (clientAddress: string, firstFactor: FirstFactorCheck) => {
      const login = engine.login(`CORP\\${user.username}`, { clientAddress, context: [clientAddress] });
      return beginLogin(deps, login, { firstFactor, signal: never });
    };
    expect(await from('192.0.2.1', knows)).toMatchObject({ kind: 'asked' });
    for (let i = 0; i < 20; i += 1) await from(`203.0.113.${i}`, fails);
    expect(await from('203.0.113.77', knows)).toMatchObject({ reason: 'throttled' });
    expect(await from('192.0.2.1', knows)).toMatchObject({ kind: 'asked' });
  });

  test('whoever is refused after a right password is kept waiting, as if it were wrong', async () => {
    const rate = (burst: number) => ({ burst, perMinute: 1 });
    const failures = createLoginFailures(engine.clock, {
      ...{ source: rate(50), userAtSource: rate(3), user: rate(50) },
    });
    const told: string[] = [];
    const deps = {
      ...engine.deps,
      throttles: { ...engine.deps.throttles, failures },
      refused: (reason: string) => void told.push(reason),
    };
    const aliases = async (devices: number) =>
      aliasOf(await engine.newUser({ devices }), async () => {
        await immediate();
        told.push('kept back');
      });
    const by = (name: string, firstFactor: FirstFactorCheck) =>
      beginLogin(deps, engine.login(name), { firstFactor, signal: never });
    const { knows, fails } = await aliases(1);
    expect(await by('alice.smith@corp.example.com', knows)).toMatchObject({ kind: 'asked' });
    expect(told).toEqual([]);
    // Guesses at one of the names; the right password comes with another.
    for (const name of ['one', 'two', 'three']) await by(`asmith@${name}`, fails);
    told.length = 0;
    expect(await by('alice.smith@corp.example.com', knows)).toMatchObject({ reason: 'throttled' });
    expect(told.splice(0)).toEqual(['throttled', 'kept back']);
    expect(await by('bob@corp.example.com', (await aliases(0)).knows)).toMatchObject({ reason: 'no_device' });
    expect(told).toEqual(['no_device', 'kept back']);
  });

  test('a login that is decided anew counts once among the requests that a user may be put', async () => {
    const requests = createThrottle(engine.clock, { burst: 2, perMinute: 1 });
    const deps = { ...engine.deps, throttles: { ...engine.deps.throttles, requests } };
    const user = await engine.newUser();
    // As if another node had asked the user in between: what was known of the user is no longer so, and the first try opens nothing.
    const overtaken: FirstFactorCheck = async (...args) => {
      await db().write((tx) =>
        tx
          .updateTable('users')
          .set((users) => ({ requests_opened: users('requests_opened', '+', 1) }))
          .where('id', '=', user.id)
          .execute(),
      );
      return passes(...args);
    };
    const from = (place: string) =>
      beginLogin(deps, engine.login(user.username, { context: [place] }), {
        firstFactor: overtaken,
        signal: never,
      });
    expect(await from('one')).toMatchObject({ kind: 'asked', joined: false });
    expect(await from('two')).toMatchObject({ kind: 'asked', joined: false });
    expect(await from('three')).toMatchObject({ kind: 'rejected', reason: 'too_many_requests' });
  });

  test('one client cannot use up what the application has for all', async () => {
    const client = createThrottle(engine.clock, { burst: 2, perMinute: 1 });
    const deps = { ...engine.deps, throttles: { ...engine.deps.throttles, client } };
    const user = await engine.newUser();
    const through = async (id: string) =>
      (
        await beginLogin(deps, engine.login(user.username, { door: { kind: 'radius', id } }), {
          firstFactor: passes,
          signal: never,
        })
      ).kind;
    const kinds = [];
    for (const id of ['rcl_a', 'rcl_a', 'rcl_a', 'rcl_b']) kinds.push(await through(id));
    expect(kinds).toEqual(['asked', 'asked', 'rejected', 'asked']);
  });
});
