// Over real sockets: what inject cannot show.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { z } from 'zod';
import { route } from '@countersign/contract/route.ts';
import { testServer } from './edge.test-support.ts';
import { openEventStream } from './event-stream.ts';
import type { HttpServerDeps } from './http-server.ts';
import { type ListenAddress, ListenError, socketLimits } from './listeners.ts';
import { registerRoute } from './register-route.ts';

const common = { tag: 'T', summary: 'T', method: 'GET', caller: { kind: 'public' }, problems: [] } as const;
const poll = route({
  ...common,
  path: '/poll',
  success: { status: 200, body: z.object({ aborted: z.boolean() }) },
});
const stream = route({
  ...common,
  path: '/stream',
  success: { status: 200, body: z.string(), type: 'text/event-stream' },
});
const stuck = route({ ...common, path: '/stuck', success: { status: 200, body: z.object({}) } });
const post = route({
  ...common,
  method: 'POST',
  path: '/post',
  body: z.object({}),
  success: { status: 200, body: z.object({}) },
});
const mayGoOn = async () => true;
const quick = { ...socketLimits, headersTimeoutMs: 200, requestTimeoutMs: 300, checkEveryMs: 50 };

async function start(given: Partial<HttpServerDeps> = {}) {
  const events = { change: () => {}, stopped: 0, closed: 0, polls: 0, polled: () => {} };
  const test = await testServer((app, edge) => {
    registerRoute(app, edge, 'poll', poll, async ({ signal }) => {
      events.polls++;
      events.polled();
      if (!signal.aborted) await once(signal, 'abort');
      return { aborted: true };
    });
    registerRoute(app, edge, 'stream', stream, async ({ signal }) =>
      openEventStream(
        (send) => {
          events.change = () => void send('challenges', '');
          return () => events.stopped++;
        },
        { signal, closed: () => events.closed++, mayGoOn, times: { heartbeatMs: 20, endAfterMs: 600_000 } },
      ),
    );
    registerRoute(app, edge, 'stuck', stuck, () => {
      events.polled();
      return new Promise(() => {});
    });
    registerRoute(app, edge, 'post', post, async () => ({}));
  }, given);
  const [address] = await test.server.start([{ host: '127.0.0.1', port: 0 }]);
  onTestFinished(() => test.server.stop(0));
  return { ...test, events, address: address!, url: `http://127.0.0.1:${address!.port}` };
}

/** Sends bytes and returns everything until the server closes. */
async function raw({ port }: ListenAddress, ...parts: (string | Buffer)[]): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => {});
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return received;
}

test('a header section that is too large, endless or no HTTP is refused and the connection closed', async () => {
  const { address } = await start();
  expect(await raw(address, `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  );
  expect(await raw(address, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  );
  expect(await raw(address, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(address, 'GET / HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(address, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  const smuggled =
    'POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
  expect(await raw(address, smuggled)).toMatch(/^HTTP\/1.1 400 /);
  // A server of its own: where the machine is busy, what is quick is over before the others have come.
  const impatient = await start({ socketLimits: quick });
  expect(await raw(impatient.address, 'GET / HTTP/1.1\r\nHost: x\r\nA: ')).toMatch(/^HTTP\/1.1 408 /);
});

const head = (length: number) =>
  `POST /post HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test('a body that comes too slowly is cut off, one that is too large is not read', async () => {
  const impatient = await start({ socketLimits: quick });
  expect(await raw(impatient.address, head(10), '{')).toMatch(/^(HTTP\/1.1 408 .*)?$/s);
  const { address } = await start();
  expect(await raw(address, head(10_000_000), '{')).toMatch(/^HTTP\/1.1 413 .*"code":"body_too_large"/s);
  const chunked =
    'POST /post HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await raw(address, chunked, `20000\r\n${'a'.repeat(0x20000)}\r\n0\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 413 /,
  );
});

test('invalid UTF-8 over the wire is a clear 400', async () => {
  const { address } = await start();
  const answer = await raw(
    address,
    head(4).replace('Host: x', 'Host: x\r\nConnection: close'),
    Buffer.from([0x22, 0xff, 0xfe, 0x22]),
  );
  expect(answer).toMatch(/^HTTP\/1.1 400 .*the body is not UTF-8/s);
});

test('a stream starts at once, tells of changes, beats, and ends when the server stops', async () => {
  const { url, events, server } = await start();
  const answer = await fetch(`${url}/stream`);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  events.change();
  while (!text.includes('event: challenges\ndata:\n\n') || text.split(':\n\n').length < 4)
    text += (await reader.read()).value ?? '';
  // The deadline is for what hangs: the connection of a stream that has ended holds nothing up.
  const stopping = server.stop(600_000);
  while (!(await reader.read()).done);
  await stopping;
  expect(events).toMatchObject({ stopped: 1, closed: 1 });
});

test('a stream is let go when its reader goes away', async () => {
  const { url, events } = await start();
  const gone = new AbortController();
  const answer = await fetch(`${url}/stream`, { signal: gone.signal });
  expect(answer.status).toBe(200);
  gone.abort();
  await expect.poll(() => events).toMatchObject({ stopped: 1, closed: 1 });
});

test('a stream ends by itself after its time', async () => {
  let closed = 0;
  const times = { heartbeatMs: 5, endAfterMs: 30 };
  const readable = openEventStream(() => () => {}, {
    signal: new AbortController().signal,
    closed: () => closed++,
    mayGoOn,
    times,
  });
  let text = '';
  for await (const chunk of readable) text += String(chunk);
  expect(text).toMatch(/^(:\n\n)+$/);
  await expect.poll(() => closed).toBe(1);
});

test.each<[string, () => Promise<boolean>]>([
  ['may no longer listen', async () => false],
  ['cannot be asked about', () => Promise.reject(new Error('database'))],
])('a stream ends at the next heartbeat of a device that %s', async (_, answer) => {
  const ended: string[] = [];
  let asked = 0;
  const readable = openEventStream(() => () => ended.push('watch'), {
    signal: new AbortController().signal,
    closed: () => ended.push('closed'),
    mayGoOn: async () => (++asked < 3 ? true : answer()),
    times: { heartbeatMs: 5, endAfterMs: 60_000 },
  });
  let text = '';
  for await (const chunk of readable) text += String(chunk);
  expect(text).toBe(':\n\n'.repeat(3));
  await expect.poll(() => ended).toEqual(['watch', 'closed']);
});

test('stopping: waiting polls answer, new calls are turned away, what hangs is cut, keep-alive ends', async () => {
  const { url, events, server, address, app } = await start();
  const polled = new Promise<void>((resolve) => (events.polled = resolve));
  const waiting = fetch(`${url}/poll`);
  await polled;
  const hangs = new Promise<void>((resolve) => (events.polled = resolve));
  const hanging = fetch(`${url}/stuck`).then(
    () => 'answered',
    () => 'cut',
  );
  await hangs;
  const stopping = server.stop(2000);
  expect((await app.inject('/poll')).json()).toMatchObject({ code: 'shutting_down', status: 503 });
  const answer = await waiting;
  expect(await answer.json()).toEqual({ aborted: true });
  expect(answer.headers.get('connection')).toBe('close');
  expect(await hanging).toBe('cut');
  await stopping;
  await expect(raw(address, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).rejects.toThrow('ECONNREFUSED');
});

test('a port that is taken is one clear sentence, and nothing stays open', async () => {
  const { address } = await start();
  const second = await testServer(() => {});
  const free = { host: '127.0.0.1', port: 0 };
  const failed = second.server.start([free, { host: '127.0.0.1', port: address.port }]);
  await expect(failed).rejects.toThrow(
    new ListenError(
      `Cannot listen on 127.0.0.1 port ${address.port}: another program is using it (perhaps Countersign is already running).`,
    ),
  );
  await second.server.stop(0);
});

test('listens on several addresses, also IPv6', async () => {
  const { server } = await testServer(() => {});
  const [four, six] = await server.start([
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 0 },
  ]);
  onTestFinished(() => server.stop(0));
  expect((await fetch(`http://127.0.0.1:${four!.port}/health/live`)).status).toBe(200);
  expect((await fetch(`http://[::1]:${six!.port}/health/live`)).status).toBe(200);
});

test('with a certificate it speaks TLS 1.2 and later, and nothing in the clear', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-out', certFile, ...subject], { stdio: 'ignore' });
  const tls = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  const { address } = await start({ tls, publicUrl: `https://127.0.0.1` });
  const request = get(`https://127.0.0.1:${address.port}/health/live`, { ca: tls.cert, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
  response.resume();
  expect(await raw(address, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')).not.toContain('"ok"');
  const old = get(`https://127.0.0.1:${address.port}/`, {
    ca: tls.cert,
    agent: false,
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
  });
  await expect(once(old, 'response')).rejects.toThrow();
});
