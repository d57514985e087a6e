// A thousand connections that send nothing, and some that send hardly anything: others are served meanwhile, and those are closed.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Vpn } from '../vpn.ts';

const silent = 1000;
const slow = 50;
/** Headers must be there after 10 s, and every 2 s it is looked whether they are. */
const closedWithinMs = 60_000;
/** Milliseconds on an idle machine; a second or two on a busy one. */
const answeredWithinMs = 15_000;

describe('connections that send nothing', () => {
  let vpn: Vpn;
  beforeAll(async () => {
    vpn = await deployVpn();
  });
  afterAll(() => vpn?.stop());

  test('keep nobody out, and are closed in time', async () => {
    const { httpPort, url } = vpn.installation;
    const sockets = await Promise.all(Array.from({ length: silent + slow }, () => openConnection(httpPort)));
    const since = performance.now();
    const closed = sockets.map(
      (socket) =>
        new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now() - since))),
    );
    const slowest = sockets.slice(silent);
    for (const socket of slowest) socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n');
    const dripping = setInterval(() => {
      for (const socket of slowest) if (socket.writable) socket.write('X-Slow: 1\r\n');
    }, 500);

    for (let i = 0; i < 20; i += 1) {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(answeredWithinMs) });
      expect(answer.status).toBe(200);
    }
    const times = await Promise.all(closed);
    clearInterval(dripping);
    console.log(`connections: ${times.length} closed, the last after ${Math.round(Math.max(...times))} ms`);
    expect(Math.max(...times)).toBeLessThan(closedWithinMs);
    expect(await vpn.metric('countersign_http_connections_refused_total', { cause: 'timeout' })).toBe(
      silent + slow,
    );
  });

  test('what is no HTTP, or too much of it, loses its connection', async () => {
    const { httpPort } = vpn.installation;
    const noise = [
      '\u0000\u0001\u0002 nonsense\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    ];
    for (const text of noise) {
      const socket = await openConnection(httpPort);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(text);
      await closed;
    }
    expect((await fetch(`${vpn.installation.url}/health/live`)).status).toBe(200);
  });
});

function openConnection(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
    // Whatever is answered is read, or the end is never seen.
    socket.resume();
  });
}
