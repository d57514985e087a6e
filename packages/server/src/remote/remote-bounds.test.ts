// What a remote proxy remembers is bounded, and what happens at each bound (docs/reference/bounds.md).
import { describe, expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { systemRandom } from '#platform/random.ts';
import { createGrace } from './grace.ts';
import { createNumberConversations } from './number-conversations.ts';
import { engineOf, login, lost } from './remote-engine.test-support.ts';

const verified = { kind: 'verified', step: { code: 'password_correct' }, doorData: null } as const;

function graceOf() {
  const clock = createHandClock();
  return createGrace({
    clock,
    random: systemRandom,
    log: createLog('silent'),
    metrics: createMetrics(),
    link: {
      loss: () => ({ lastAnswerAt: clock.monotonic(), graceSeconds: 60 }),
      application: () => undefined,
    },
    api: { report: async ({ length }) => ({ kind: 'done', value: { recorded: length } }) },
  });
}

describe('bounds of a remote proxy', () => {
  test('10,000 logins that were not reported: nobody else is let in until they are', async () => {
    const grace = graceOf();
    for (let i = 0; i < 10_000; i += 1)
      expect(grace.tryToAccept(login({ username: `user ${i}` }), verified)).toBeDefined();
    expect(grace.tryToAccept(login(), verified)).toBeUndefined();
    await grace.report();
    expect(grace.tryToAccept(login(), verified)).toBeDefined();
  });

  test('100,000 users who were asked: the one asked longest ago is forgotten', () => {
    const grace = graceOf();
    for (let i = 0; i <= 100_000; i += 1) grace.noteAsked(login({ username: `user ${i}` }));
    expect(grace.tryToAccept(login({ username: 'user 1' }), verified)).toBeUndefined();
    expect(grace.tryToAccept(login({ username: 'user 0' }), verified)).toBeDefined();
  });

  test('questions on their way are forgotten with their end', async () => {
    const { run, found, grace } = engineOf({
      create: async () => ({ kind: 'unreachable', cause: '', sent: false }),
    });
    found.state = lost;
    const [one, two] = [grace.beginAsking(login()), grace.beginAsking(login())];
    one();
    expect(await run()).toMatchObject({ kind: 'unavailable' });
    two();
    expect(await run()).toMatchObject({ kind: 'accepted' });
  });

  test('10,000 logins that show a number: no more, until one goes on or is over', () => {
    const clock = createHandClock();
    const conversations = createNumberConversations({ clock, random: systemRandom });
    const conversation = {
      asked: { requestId: 'req_1', username: 'alice', applicationId: 'app_1', doorData: null },
      deadline: clock.monotonic() + 60_000,
    };
    const give = () => conversations.give(login(), conversation);
    const first = give();
    for (let i = 1; i < 10_000; i += 1) give();
    expect(give()).toBeUndefined();
    expect(first && conversations.take(login(), first)).toBeDefined();
    expect(give()).toBeDefined();
    expect(give()).toBeUndefined();
    clock.turn(120_000);
    expect(give()).toBeDefined();
  });
});
