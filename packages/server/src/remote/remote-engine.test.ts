import type { AuthRequest } from '@countersign/contract/models.ts';
import { describe, expect, test } from 'vitest';
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type { Login } from '#core/authentication/login.ts';
import { createPollPlaces } from './await-answer.ts';
import {
  type Create,
  done,
  engineOf,
  login,
  lost,
  never,
  request,
  silent,
} from './remote-engine.test-support.ts';
import type { ApiResult } from './server-api.ts';

const packetDigest = 'd'.repeat(43);

describe('a login', () => {
  test('approved: a proof with what the home server gave', async () => {
    const outcome = await engineOf().run();
    expect(outcome).toMatchObject({ kind: 'accepted', requestId: 'req_1' });
    expect(outcome.kind === 'accepted' && outcome.doorData).toEqual(new Uint8Array([1, 2]));
  });

  test('waits through whatever is no answer, and takes the one that comes', async () => {
    const answers: ApiResult<AuthRequest>[] = [
      silent,
      { kind: 'refused', status: 429, code: 'too_many_requests', retryAfterMs: 10 },
      { kind: 'foreign', cause: 'a page' },
      done(request()),
      done(request({ status: 'denied' })),
    ];
    const { run } = engineOf({ answer: async () => answers.shift() ?? silent });
    expect(await run()).toMatchObject({ kind: 'rejected', reason: 'denied_by_user' });
    expect(answers).toEqual([]);
  });

  test('ends when its time is over and the server has not come back', async () => {
    const { run, clock } = engineOf({
      answer: async () => {
        clock.turn(40_000);
        return silent;
      },
    });
    expect(await run()).toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['request', { id: 'req_2' }],
    ['user', { username: 'mallory' }],
    ['application', { application_id: 'app_2' }],
  ])('an approval of another %s opens nothing', async (_, change) => {
    const answer = async () => done(request({ status: 'approved', ...change }));
    expect(await engineOf({ answer }).run()).toMatchObject({ kind: 'unavailable' });
    const create = async () => done({ ...request({ status: 'approved', ...change }), number: null });
    if (!('id' in change)) expect(await engineOf({ create }).run()).toMatchObject({ kind: 'unavailable' });
  });

  test('refused by the first factor never reaches the server', async () => {
    const { run, asked } = engineOf();
    const refused: FirstFactorCheck = async () => ({
      kind: 'refused',
      reason: 'first_factor_refused',
      step: null,
    });
    expect(await run(login(), refused)).toMatchObject({ kind: 'rejected', reason: 'first_factor_refused' });
    expect(asked).toEqual([]);
  });

  test('the same session is one reference, another session and no session are others', async () => {
    const { run, asked } = engineOf();
    for (const context of [['a'], ['a'], ['b'], null, null]) await run(login({ context }));
    const [one, same, other, none, nothing] = asked.map(({ reference }) => reference);
    expect(one).toBe(same);
    expect(new Set([one, other, none, nothing]).size).toBe(4);
    expect(one?.length).toBeLessThanOrEqual(100);
  });

  test('only a session’s own id names it for good; without one the very packet does', async () => {
    const { run, asked } = engineOf();
    await run(login());
    await run(login({ contextLasts: true }));
    await run(login({ context: null, packetDigest }));
    await run(login({ context: null, packetDigest, number: 'shown_by_challenge' }));
    expect(asked.map(({ reference_lasts: lasts }) => lasts)).toEqual([false, true, true, undefined]);
    expect(asked[2]?.reference).toBe(packetDigest);
    expect(asked[3]).toMatchObject({ number_matching: true });
    expect(asked[3]).not.toHaveProperty('reference');
  });

  test('the digest of the packet goes to the server, with a session, without one, and with a number', async () => {
    const { run, asked } = engineOf();
    await run(login({ packetDigest }));
    await run(login({ context: null, packetDigest }));
    await run(login({ packetDigest, number: 'shown_by_challenge' }));
    await run(login());
    expect(asked.map(({ packet_digest: digest }) => digest)).toEqual([
      ...[packetDigest, packetDigest, packetDigest],
      undefined,
    ]);
  });

  test('what the server calls a copy is refused, and nobody is let in by grace', async () => {
    const copy = { kind: 'refused', status: 409, code: 'packet_replayed', retryAfterMs: 0 } as const;
    const { run, asked } = engineOf({ create: async () => copy });
    expect(await run()).toMatchObject({ kind: 'rejected', reason: 'replayed' });
    expect(asked).toHaveLength(1);
  });

  test('nor where the application takes no logins: then the server says so, and is not lost', async () => {
    const closed = { kind: 'refused', status: 403, code: 'authorisation_closed', retryAfterMs: 0 } as const;
    const { run } = engineOf({ create: async () => closed });
    expect(await run()).toMatchObject({ kind: 'rejected', reason: 'authorisation_closed' });
  });

  test('an address is told as such, a telephone number in words', async () => {
    const { run, asked } = engineOf();
    await run();
    await run(login({ clientAddress: '00-11-22-33-44-55' }));
    expect(asked[0]).toMatchObject({ client_address: '203.0.113.9', description: '' });
    expect(asked[1]).toMatchObject({ client_address: null, description: 'From 00-11-22-33-44-55' });
  });

  test('a name that the server would not take is refused here', async () => {
    expect(await engineOf().run(login({ username: 'al\u0000ice' }))).toMatchObject({
      reason: 'malformed_credentials',
    });
  });
});

describe('a busy server', () => {
  const busy = { kind: 'refused', status: 429, code: 'too_many_requests', retryAfterMs: 1 } as const;

  test('is asked a little later, and not for ever', async () => {
    const answers: Awaited<ReturnType<Create>>[] = [busy, busy];
    const { run } = engineOf({ create: async () => answers.shift() ?? done({ ...request(), number: null }) });
    expect(await run()).toMatchObject({ kind: 'accepted', requestId: 'req_1' });
    const never_ = engineOf({ create: async () => busy });
    expect(await never_.run()).toMatchObject({ kind: 'rejected', reason: 'throttled' });
    expect(never_.asked).toHaveLength(3);
  });

  test('gives no more places to wait than were agreed; the others ask now and then', async () => {
    const places = createPollPlaces(1);
    const leave = places.enter();
    expect(places.enter()).toBeUndefined();
    const back = places.stayOutside();
    expect(places.outside).toBe(1);
    back();
    leave?.();
    expect(places.enter()).toBeDefined();
    expect(places.outside).toBe(0);
  });
});

describe('a server that is silent', () => {
  test('is asked a second time when the check finds it there', async () => {
    let calls = 0;
    const { run } = engineOf({
      create: async () => (++calls === 1 ? silent : done({ ...request(), number: null })),
    });
    expect(await run()).toMatchObject({ kind: 'accepted', requestId: 'req_1' });
  });

  test('is never asked a second time for a number once it may have heard the first', async () => {
    const { run, asked } = engineOf({ create: async () => ({ ...silent, sent: true }) });
    expect(await run(login({ number: 'shown_by_challenge', context: null }))).toMatchObject({
      kind: 'unavailable',
    });
    expect(asked).toHaveLength(1);
  });

  test('opens within the grace, with a line in the log and a mark of its own, and not afterwards', async () => {
    const { run, found, clock, lines, grace } = engineOf({ create: async () => silent });
    found.state = lost;
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect('requestId' in outcome && outcome.requestId).toMatch(/^ugl_/);
    expect(lines.join('')).toContain('LET IN WITHOUT A SECOND FACTOR');
    expect(grace.status()).toMatchObject({ open: true, accepted: 1, unreported: 1 });
    clock.turn(59_999);
    expect(await run()).toMatchObject({ kind: 'accepted' });
    clock.turn(1);
    expect(await run()).toMatchObject({ kind: 'unavailable' });
    await grace.report();
    expect(grace.status()).toMatchObject({ open: false, unreported: 0 });
  });

  test('opens nothing when only the one call fails', async () => {
    expect(await engineOf({ create: async () => silent }).run()).toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    [{ kind: 'untrusted', cause: 'x' }],
    [{ kind: 'foreign', cause: 'x' }],
    [{ kind: 'refused', status: 500, code: 'internal_error', retryAfterMs: 0 }],
    [{ kind: 'refused', status: 429, code: 'too_many_requests', retryAfterMs: 0 }],
    [{ kind: 'refused', status: 401, code: 'unauthorized', retryAfterMs: 0 }],
    [{ kind: 'aborted' }],
  ] as const)('%o is no silence', async (failure) => {
    const { run, found, grace } = engineOf({
      create: async () => {
        // Even if the server is lost in this very moment.
        found.state = lost;
        return failure;
      },
    });
    expect((await run()).kind).not.toBe('accepted');
    expect(grace.status().accepted).toBe(0);
  });

  test.each(['denied', 'expired', 'cancelled'] as const)(
    'does not let in who was asked and %s, nor whose end was not heard; an approval clears it',
    async (status) => {
      let end: AuthRequest['status'] = status;
      const { run, found } = engineOf({ answer: async () => done(request({ status: end })) });
      await run();
      found.state = lost;
      expect(await run(login({ username: 'ALICE' }))).toMatchObject({ kind: 'unavailable' });
      found.state = { kind: 'ok' };
      end = 'approved';
      await run();
      found.state = lost;
      expect(await run()).toMatchObject({ kind: 'accepted' });
    },
  );
});

describe('a question whose answer is kept back', () => {
  const sent = { ...silent, sent: true } as const;

  test('may stand on the phone: nobody is let in by grace, neither by it nor later, until an approval is heard', async () => {
    const answers: Awaited<ReturnType<Create>>[] = [sent];
    const { run, found, grace } = engineOf({
      create: async () => {
        const answer = answers.shift();
        if (answer) found.state = lost;
        return answer ?? done({ ...request(), number: null });
      },
    });
    expect(await run()).toMatchObject({ kind: 'unavailable' });
    expect(await run(login({ username: 'ALICE' }))).toMatchObject({ kind: 'unavailable' });
    expect(await run(login({ username: 'bob' }))).toMatchObject({ kind: 'accepted' });
    found.state = { kind: 'ok' };
    expect(await run()).toMatchObject({ kind: 'accepted', requestId: 'req_1' });
    found.state = lost;
    expect(await run()).toMatchObject({ kind: 'accepted' });
    expect(grace.status().accepted).toBe(2);
  });

  test('is not forgotten over a second try that never left', async () => {
    const answers: Awaited<ReturnType<Create>>[] = [sent, silent];
    const { run, found } = engineOf({ create: async () => answers.shift() ?? silent });
    expect(await run()).toMatchObject({ kind: 'unavailable' });
    expect(answers).toEqual([]);
    found.state = lost;
    expect(await run()).toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    { kind: 'aborted' },
    { kind: 'foreign', cause: 'cut short' },
    { kind: 'refused', status: 500, code: 'internal_error', retryAfterMs: 0 },
  ] as const)('or came out as %o', async (failure) => {
    const answers: Awaited<ReturnType<Create>>[] = [failure];
    const { run, found } = engineOf({ create: async () => answers.shift() ?? silent });
    await run();
    found.state = lost;
    expect(await run()).toMatchObject({ kind: 'unavailable' });
  });

  test('is waited for by a login of the same user from elsewhere', async () => {
    const first = Promise.withResolvers<Awaited<ReturnType<Create>>>();
    const { run, found, asked } = engineOf({ create: () => first.promise });
    const pending = run();
    await expect.poll(() => asked.length).toBe(1);
    found.state = lost;
    expect(await run(login({ context: ['elsewhere'] }))).toMatchObject({ kind: 'unavailable' });
    first.resolve(silent);
    expect(await pending).toMatchObject({ kind: 'accepted' });
    expect(await run()).toMatchObject({ kind: 'accepted' });
  });
});

describe('a number', () => {
  const shown = login({ number: 'shown_by_challenge', context: null });
  const create: Create = async () => done({ ...request(), number: '42' });

  test('is shown, and its state goes on once, for this client and user', async () => {
    const { run, engine } = engineOf({ create });
    const outcome = await run(shown);
    if (outcome.kind !== 'show_number') throw new Error(outcome.kind);
    const { number, state } = outcome;
    expect([number, state.length]).toEqual(['42', 24]);
    const go = (given: Login) => engine.continueLogin(given, { state, signal: never });
    expect(await go(login({ username: 'bob' }))).toMatchObject({ reason: 'challenge_unknown' });
    expect(await go(login({ door: { kind: 'radius', id: 'other' } }))).toMatchObject({
      reason: 'challenge_unknown',
    });
    const both = await Promise.all([go(shown), go(shown)]);
    expect(both.map(({ kind }) => kind)).toEqual(['accepted', 'rejected']);
  });

  test('is forgotten a minute after its time', async () => {
    const { run, engine, clock } = engineOf({ create });
    const outcome = await run(shown);
    if (outcome.kind !== 'show_number') throw new Error(outcome.kind);
    clock.turn(120_000);
    expect(await engine.continueLogin(shown, { state: outcome.state, signal: never })).toMatchObject({
      reason: 'challenge_unknown',
    });
  });
});
