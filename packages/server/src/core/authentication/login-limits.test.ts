// How many logins are too many, and whose they are: a stranger, one client among several, the user.
import { beforeEach, expect, test } from 'vitest';
import { createLoginFailures } from '#core/throttles/login-failures.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { beginLogin } from './begin-login.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';

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
