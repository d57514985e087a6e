// Who guesses passwords at a site is slowed down, and keeps nobody out by it.
import { describe, expect, test } from 'vitest';
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import { engineOf, login, verified } from './remote-engine.test-support.ts';

const limits = {
  user: { burst: 10, perMinute: 30 },
  failures: {
    source: { burst: 20, perMinute: 60 },
    userAtSource: { burst: 5, perMinute: 10 },
    user: { burst: 10, perMinute: 30 },
  },
};
const wrong: FirstFactorCheck = async () => ({
  kind: 'refused',
  reason: 'first_factor_refused',
  step: null,
});
const away: FirstFactorCheck = async () => ({
  kind: 'refused',
  reason: 'home_server_unavailable',
  step: null,
});
const stranger = login({ clientAddress: '198.51.100.66' });
const alice = login({ clientAddress: '192.0.2.1' });

describe('limits of a remote proxy', () => {
  test('a stranger’s wrong passwords are soon not looked at any more, and the user gets in from elsewhere', async () => {
    const { run } = engineOf({ limits });
    const reasons = [];
    for (let i = 0; i < 50; i += 1) {
      const outcome = await run(stranger, wrong);
      reasons.push(outcome.kind === 'rejected' && outcome.reason);
    }
    expect(reasons.slice(0, 5)).toEqual(Array(5).fill('first_factor_refused'));
    expect(new Set(reasons.slice(5))).toEqual(new Set(['throttled']));
    expect(await run(stranger)).toMatchObject({ reason: 'throttled' });
    expect(await run(alice)).toMatchObject({ kind: 'accepted' });
    expect(await run(login({ ...alice, username: 'ALICE' }))).toMatchObject({ kind: 'accepted' });
  });

  test('strangers from many addresses do not keep the user out of the places where they came in before', async () => {
    const { run } = engineOf({ limits });
    await run(alice);
    for (let i = 0; i < 50; i += 1) await run(login({ clientAddress: `198.51.100.${i}` }), wrong);
    expect(await run(login({ clientAddress: '203.0.113.200' }))).toMatchObject({ reason: 'throttled' });
    expect(await run(alice)).toMatchObject({ kind: 'accepted' });
  });

  test('who knows the password is limited too, and a home server that is away is nobody’s guess', async () => {
    const { run, asked } = engineOf({ limits });
    for (let i = 0; i < 50; i += 1) await run(alice, away);
    for (let i = 0; i < 10; i += 1) expect(await run(alice, verified)).toMatchObject({ kind: 'accepted' });
    expect(await run(alice, verified)).toMatchObject({ reason: 'throttled' });
    expect(asked).toHaveLength(10);
  });
});
