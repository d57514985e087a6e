// What the status says in text: the message alone on its first line, then what else an operator must know.
import { expect, test } from 'vitest';
import { documentOf, type ProxyStatus, textOf } from './health-endpoint.ts';

const grace = { seconds: 0, open: false, leftSeconds: 0, accepted: 0, unreported: 0 };
const well: ProxyStatus = {
  link: { state: { kind: 'ok' }, since: 0, lastAnswerAt: 0 },
  grace,
  draining: false,
  homeServers: [],
};
const homeServer = { name: 'nps1', address: '192.0.2.1', port: 1812, since: null };

test('each home server has a line, with what to do when it does not serve', () => {
  const homeServers = [
    { ...homeServer, state: 'not_asked', message: 'was not asked since the start', remedy: '' },
    { ...homeServer, address: '2001:db8::1', state: 'answers', message: 'answers', remedy: '', since: 0 },
    { ...homeServer, state: 'silent', message: 'gives no answer', remedy: 'Look.', since: 1_000_000_000_000 },
  ];
  expect(textOf(documentOf({ ...well, homeServers }))).toBe(
    [
      'Service Status: OK',
      'Home server “nps1” (192.0.2.1:1812) was not asked since the start.',
      'Home server “nps1” ([2001:db8::1]:1812) answers, since 1970-01-01T00:00:00.000Z.',
      'Home server “nps1” (192.0.2.1:1812) gives no answer, since 2001-09-09T01:46:40.000Z. What to do: Look.',
      '',
    ].join('\n'),
  );
  expect(documentOf({ ...well, homeServers }).home_servers).toEqual(homeServers);
});
