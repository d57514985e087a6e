import { expect, test } from 'vitest';
import { startNameServer } from './name-server.test-support.ts';
import { createResolve } from './resolve-name.ts';

const never = new AbortController().signal;
const strict = { allowed: [], httpOnLoopback: false };

test('names that devices choose are asked of the name servers as they are, for both kinds of address', async () => {
  const server = await startNameServer({ 'push.example.com': '93.184.216.34' });
  const resolve = createResolve(strict, [server.address]);
  expect(await resolve('push.example.com', never)).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(await resolve('Push.Example.com.', never)).toHaveLength(1);
  expect(server.asked.slice(0, 2).toSorted()).toEqual(['A push.example.com', 'AAAA push.example.com']);
  const before = server.asked.length;
  // No search domains for a name without dots.
  await expect(resolve('intranet', never)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(new Set(server.asked.slice(before))).toEqual(new Set(['A intranet', 'AAAA intranet']));
});

test('localhost is this machine, and nobody is asked', async () => {
  const server = await startNameServer({ localhost: '93.184.216.34', 'a.localhost': '93.184.216.34' });
  const resolve = createResolve(strict, [server.address]);
  for (const name of ['localhost', 'LOCALHOST.', 'a.localhost'])
    expect(await resolve(name, never)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  expect(server.asked).toEqual([]);
});

test('a name that an administrator allowed is looked up as the system does', async () => {
  const server = await startNameServer({});
  const resolve = createResolve({ allowed: ['10.0.0.0/8', 'Localhost'], httpOnLoopback: false }, [
    server.address,
  ]);
  const [one, other] = [resolve('localhost', never), resolve('localhost', never)];
  expect((await one).map(({ address }) => address)).toContain('127.0.0.1');
  expect(await other).toEqual(await one);
  expect(server.asked).toEqual([]);
});

test('a silent name server is waited for no longer than the push lasts', async () => {
  const server = await startNameServer({ 'silent.example.com': null });
  const resolve = createResolve(strict, [server.address]);
  const began = performance.now();
  await expect(resolve('silent.example.com', AbortSignal.timeout(100))).rejects.toMatchObject({
    code: 'ECANCELLED',
  });
  expect(performance.now() - began).toBeLessThan(1500);
  await expect(resolve('silent.example.com', AbortSignal.abort())).rejects.toThrow('aborted');
});
