// What the last logins tell about each home server.
import { expect, test } from 'vitest';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import { followExchanges } from './follow-exchanges.ts';

const homeServer = (name: string): LoadedHomeServer => ({
  id: `hsv_${name}`,
  name,
  address: '192.0.2.1',
  port: 1812,
  secret: Buffer.from('0123456789abcdef'),
  messageAuthenticator: 'require',
  timeoutMs: 200,
  tries: 1,
  deadSeconds: 30,
});

test('the state is that of the last login that said something, since it changed', () => {
  let now = 1000;
  const [one, two] = [homeServer('one'), homeServer('two')];
  const { observe, states } = followExchanges(
    { clock: { now: () => now, monotonic: () => now } },
    // Several RADIUS clients name the same one.
    [one, two, one],
  );
  expect(states()).toEqual([
    expect.objectContaining({ name: 'one', address: '192.0.2.1', state: 'not_asked', since: null }),
    expect.objectContaining({ name: 'two', state: 'not_asked' }),
  ]);
  const after = (at: number, ...told: [Parameters<typeof observe>[1], Parameters<typeof observe>[3]?]) => {
    now = at;
    observe(one, told[0], 5, told[1]);
    return states()[0];
  };
  expect(after(2000, 'reply')).toMatchObject({ state: 'answers', since: 2000, remedy: '' });
  expect(after(3000, 'reply')).toMatchObject({ state: 'answers', since: 2000 });
  expect(after(4000, 'timeout')).toMatchObject({ state: 'silent', since: 4000 });
  expect(after(5000, 'aborted')).toMatchObject({ state: 'silent', since: 4000 });
  expect(after(5500, 'exhausted')).toMatchObject({ state: 'silent', since: 4000 });
  expect(after(6000, 'timeout', 'bad-response-authenticator')).toMatchObject({
    state: 'discarded',
    message: 'gave an answer that was made with another shared secret; it was discarded',
    remedy: expect.stringContaining('shared secret'),
  });
  expect(after(7000, 'unreachable')).toMatchObject({ state: 'unreachable', since: 7000 });
  expect(after(8000, 'unreadable')).toMatchObject({ state: 'unreadable' });
  expect(states()[1]).toMatchObject({ state: 'not_asked' });
});
