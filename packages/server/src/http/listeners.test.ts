// How many connections one address may hold, and that a trusted proxy and somebody else still get theirs.
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ConnectionRefusal, createListeners, type ListenerOptions, socketLimits } from './listeners.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(options: Partial<ListenerOptions> = {}) {
  const refused: ConnectionRefusal[] = [];
  const listeners = createListeners((_request, response) => response.end('served'), {
    limits: { ...socketLimits, maxConnections: 8 },
    refused: (cause) => refused.push(cause),
    ...options,
  });
  const [address] = await listeners.start([{ host: '127.0.0.1', port: 0 }]);
  closing.push(() => listeners.stop(0));
  const port = address?.port ?? 0;
  /** Resolves with whether the connection was served. */
  const ask = (from: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket: Socket = connect({ port, host: '127.0.0.1', localAddress: from });
      closing.push(() => void socket.destroy());
      socket.on('error', () => undefined);
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
  const askTimes = async (count: number, from: string) => {
    const served: boolean[] = [];
    for (let i = 0; i < count; i += 1) served.push(await ask(from));
    return served.filter(Boolean).length;
  };
  return { refused, askTimes };
}

test('one address gets half of the connections, and another finds room', async () => {
  const { refused, askTimes } = await listen();
  expect(await askTimes(10, '127.0.0.1')).toBe(4);
  expect(refused).toEqual(Array(6).fill('source_share'));
  expect(await askTimes(1, '127.0.0.2')).toBe(1);
});

test('an address that stands for many gets all', async () => {
  const { refused, askTimes } = await listen({ standsForMany: (address) => address === '127.0.0.1' });
  expect(await askTimes(10, '127.0.0.1')).toBe(8);
  expect(refused).toEqual(['full', 'full']);
});
