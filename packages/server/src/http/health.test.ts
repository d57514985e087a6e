import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { testServer } from './edge.test-support.ts';

test('live is about the process, ready about what it needs, each with since when', async () => {
  let works = true;
  const failing = async () => {
    if (!works) throw new Error('password=hunter2 refused');
  };
  const { app, turn, lines } = await testServer(() => {}, {
    dependencies: [
      { name: 'database', needed: true, check: failing },
      { name: 'home_server', needed: false, check: () => Promise.reject(new Error('silent')) },
    ],
  });
  expect((await app.inject('/health/live')).json()).toEqual({ status: 'ok', installation: 'digest' });
  const first = await app.inject('/health/ready');
  expect(first.statusCode).toBe(200);
  const since = 1_790_000_000_000;
  expect(first.json()).toEqual({
    status: 'ok',
    dependencies: [
      { name: 'database', needed: true, status: 'ok', since },
      { name: 'home_server', needed: false, status: 'failed', since },
    ],
  });
  works = false;
  turn(500);
  expect((await app.inject('/health/ready')).statusCode).toBe(200);
  turn(501);
  const failed = await app.inject('/health/ready');
  expect(failed.statusCode).toBe(503);
  expect(failed.json<{ dependencies: unknown[] }>().dependencies[0]).toEqual({
    name: 'database',
    needed: true,
    status: 'failed',
    since: since + 1001,
  });
  expect(failed.body).not.toContain('hunter2');
  expect((await app.inject('/metrics')).body).toContain('countersign_dependency_up{dependency="database"} 0');
  expect(lines.filter(({ dependency }) => dependency === 'database')).toHaveLength(1);
});

test('a dependency that does not answer at all counts as failed', async () => {
  const { app } = await testServer(() => {}, {
    dependencies: [{ name: 'database', needed: true, check: () => new Promise(() => {}) }],
  });
  expect((await app.inject('/health/ready')).statusCode).toBe(503);
});

test.each<[string, Record<string, string>, string, number]>([
  ['this machine', {}, '127.0.0.1', 200],
  ['this machine over IPv6', {}, '::1', 200],
  ['elsewhere', {}, '192.0.2.1', 404],
  ['this machine by its address', { host: '127.0.0.1:8080' }, '127.0.0.1', 200],
  ['this machine by its IPv6 address', { host: '[::1]:8080' }, '::ffff:127.0.0.1', 200],
  ['a proxy on this machine', { 'x-forwarded-for': '192.0.2.1' }, '127.0.0.1', 404],
  ['a proxy that tells only the scheme', { 'x-forwarded-proto': 'https' }, '127.0.0.1', 404],
  ['a proxy that tells the host', { 'x-forwarded-host': 'mfa.example.com' }, '127.0.0.1', 404],
  ['a proxy after RFC 7239', { forwarded: 'for=192.0.2.1' }, '127.0.0.1', 404],
  ['a proxy that names itself', { via: '1.1 proxy' }, '127.0.0.1', 404],
  ['a proxy that keeps the host', { host: 'mfa.example.com' }, '127.0.0.1', 404],
  ['a name that only looks local', { host: 'localhost.example.com' }, '127.0.0.1', 404],
])('metrics for a caller from %s', async (_, headers, remoteAddress, status) => {
  const { app } = await testServer(() => {});
  expect((await app.inject({ url: '/metrics', headers, remoteAddress })).statusCode).toBe(status);
});

test('metrics are not for callers with HTTP/1.0, which are proxies', async () => {
  const { server } = await testServer(() => {});
  const [address] = await server.start([{ host: '127.0.0.1', port: 0 }]);
  const socket = connect(address!.port, '127.0.0.1');
  socket.write('GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1.1 404 /);
  await server.stop(0);
});

test('metrics on a listener of their own', async () => {
  const { server } = await testServer(() => {});
  const [address] = await server.startMetrics([{ host: '127.0.0.1', port: 0 }]);
  const url = `http://127.0.0.1:${address!.port}`;
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('# HELP countersign_http_requests_total');
  expect((await fetch(`${url}/health/live`)).status).toBe(404);
  await server.stop(0);
});
