import { describe, expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { systemRandom } from '#platform/random.ts';
import { pauseAfter } from './check-rounds.ts';
import type { ApiResult } from './server-api.ts';
import { createServerLink, stateOfFailure } from './server-link.ts';
import { messageOf } from './status-message.ts';

const application = {
  id: 'app_1',
  access_id: 'x',
  name: 'VPN',
  enabled: true,
  request_seconds: 60,
  unreachable_grace_seconds: 60,
};
type Answer = ApiResult<typeof application>;
const well: Answer = { kind: 'done', value: application };
const silent: Answer = { kind: 'unreachable', cause: 'refused', sent: false };
const no: Answer = { kind: 'refused', status: 401, code: 'invalid_client', retryAfterMs: 0 };

function linkOf(first: Answer) {
  let answer = first;
  const clock = createHandClock();
  const told: string[] = [];
  const link = createServerLink({
    clock,
    random: systemRandom,
    checkMs: 1_000_000,
    askApplication: async () => answer,
    changed: ({ state }) => told.push(messageOf(state)),
  });
  return { link, clock, told, say: (next: Answer) => void (answer = next) };
}

describe('the link to the server', () => {
  test('tells each change once, in the five words', async () => {
    const { link, told, say } = linkOf(silent);
    await link.start();
    await link.check();
    say(well);
    await link.check();
    say(silent);
    await link.check();
    say(no);
    await link.check();
    await link.stop();
    expect(told).toEqual([
      'Service Status: service can not connect to API. Check network connectivity and API parameters.',
      'Service Status: OK',
      'Service Status: API call timed out.',
      'Service Status: error (the server refused the credentials: invalid_client)',
    ]);
  });

  test('a loss counts from the last answer, whenever it is noticed', async () => {
    const { link, clock, say } = linkOf(well);
    await link.start();
    expect(link.loss()).toBeUndefined();
    const answeredAt = clock.monotonic();
    clock.turn(5000);
    say(silent);
    await link.check();
    clock.turn(5000);
    expect(link.loss()).toEqual({ lastAnswerAt: answeredAt, graceSeconds: 60 });
    await link.stop();
  });

  test('there is no loss of what was never there, said no, or is not trusted', async () => {
    const never = linkOf(silent);
    await never.link.start();
    expect(never.link.loss()).toBeUndefined();
    for (const verdict of [no, { kind: 'untrusted', cause: 'x' }, { kind: 'foreign', cause: 'x' }] as const) {
      const { link, say } = linkOf(well);
      await link.start();
      say(verdict);
      await link.check();
      say(silent);
      await link.check();
      expect(link.loss()).toBeUndefined();
      await link.stop();
    }
    await never.link.stop();
  });

  test('a server that speaks is not lost, whatever it says', async () => {
    const busy: Answer = { kind: 'refused', status: 429, code: 'too_many_calls', retryAfterMs: 0 };
    for (const speak of ['checked', 'heard'] as const) {
      const { link, say } = linkOf(well);
      await link.start();
      say(silent);
      await link.check();
      expect(link.loss()).toBeDefined();
      say(busy);
      if (speak === 'checked') await link.check();
      else link.heard(busy);
      expect(link.loss()).toBeUndefined();
      say(well);
      await link.check();
      expect(link.status().state).toEqual({ kind: 'ok' });
      await link.stop();
    }
  });

  test('a disabled application is an error and gives no grace', async () => {
    const { link, say } = linkOf({ kind: 'done', value: { ...application, enabled: false } });
    await link.start();
    expect(link.status().state).toMatchObject({ kind: 'error', problem: 'application' });
    say(silent);
    await link.check();
    expect(link.loss()).toBeUndefined();
    await link.stop();
  });

  test('a call that fails is noticed at once; one that ends well brings a check', async () => {
    const { link } = linkOf(well);
    await link.start();
    link.heard(silent);
    expect(link.status().state.kind).toBe('unreachable');
    link.heard({ kind: 'done', value: 1 });
    await expect.poll(() => link.status().state.kind).toBe('ok');
    await link.stop();
  });

  test('checks at the same time are one', async () => {
    const { link } = linkOf(well);
    expect(link.check()).toBe(link.check());
    await link.stop();
  });
});

test('too many calls say nothing about the server, nor does a call that was broken off', () => {
  expect(stateOfFailure({ kind: 'refused', status: 429, code: 'x', retryAfterMs: 0 }, true)).toBeUndefined();
  expect(stateOfFailure({ kind: 'aborted' }, true)).toBeUndefined();
});

test('pauses double up to a ceiling and are spread', () => {
  expect([0, 1, 2, 3, 4, 100].map((failures) => pauseAfter(failures, 10_000, 1))).toEqual([
    10_000, 20_000, 40_000, 80_000, 120_000, 120_000,
  ]);
  expect(pauseAfter(100, 10_000, 0)).toBe(90_000);
});
