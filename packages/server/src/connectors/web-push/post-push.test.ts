import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { postPush, readRetryAfter } from './post-push.ts';

/** A server that says these bytes to whatever it is asked, and leaves the connection open. */
async function startService(says: string): Promise<URL> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(says));
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
}

const unreachable = { kind: 'unreachable' };
const upgrade = 'Connection: Upgrade\r\nUpgrade: x\r\n';

test.each([
  ['101 and an upgrade', `HTTP/1.1 101 x\r\n${upgrade}\r\n`, unreachable],
  ['101 without one', 'HTTP/1.1 101 x\r\n\r\n', { status: 101 }],
  ['201 and an upgrade', `HTTP/1.1 201 x\r\n${upgrade}Content-Length: 0\r\n\r\n`, { status: 201 }],
  ['early hints without end', 'HTTP/1.1 103 x\r\n\r\n'.repeat(50), unreachable],
  ['headers that are too long', `HTTP/1.1 201 x\r\na: ${'x'.repeat(40_000)}\r\n\r\n`, unreachable],
  ['no HTTP', 'x\r\n\r\n', unreachable],
])(
  'a push comes to an end, whatever is answered: %s',
  async (_, says, posted) => {
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const endpoint = await startService(says);
    const about = { headers: {}, body: Buffer.alloc(0), signal: AbortSignal.timeout(200) };
    expect(await postPush({ endpoint, agent, lookup, ...about })).toMatchObject(posted);
  },
  10_000,
);

const now = Date.parse('Mon, 21 Sep 2026 12:00:00 GMT');

test('RFC 9110 10.2.3 Retry-After', () => {
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('0', now)).toBe(0);
  expect(readRetryAfter('Mon, 21 Sep 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter('Mon, 21 Sep 2026 11:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('999999999', now)).toBe(86_400_000);
  for (const text of [undefined, '', '-1', '1.5', 'soon', '2026-09-21', '1e3'])
    expect(readRetryAfter(text, now)).toBeUndefined();
});

test('whatever a push service says, the wait is a number from nothing to a day', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (text) => {
        const ms = readRetryAfter(text, now) ?? 0;
        expect(ms >= 0 && ms <= 86_400_000).toBe(true);
      },
    ),
  );
});
