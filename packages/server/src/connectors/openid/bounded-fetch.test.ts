import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import { afterEach, expect, test } from 'vitest';
import { allowedUrl, boundedFetch } from './bounded-fetch.ts';
import { openCaller } from './caller.ts';

const open: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const { signal } = new AbortController();
const rules = { ca: null, httpOnLoopback: true, signal };
const get = { method: 'GET', headers: {} };

test.each([
  'http://id.example/x',
  'http://10.0.0.1/x',
  'file:///etc/passwd',
  'https://user:secret@id.example/',
  'https://169.254.169.254/latest',
  'https://[fe80::1]/',
  'https://168.63.129.16/',
  'nothing',
])('%s is not asked', (url) => {
  expect(() => allowedUrl(url, rules)).toThrow(/must be https|no address|may not be reached/);
});

test('plain http to this machine is asked only where that is allowed', async () => {
  const url = await serve((_request, response) => response.end('ok'));
  expect(await (await boundedFetch(url, get, rules)).text()).toBe('ok');
  await expect(boundedFetch(url, get, { ...rules, httpOnLoopback: false })).rejects.toThrow('must be https');
});

test('a redirect is an answer, and an answer has an end', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/elsewhere' }).end();
    else response.end('x'.repeat(300_000));
  });
  expect((await boundedFetch(`${url}/away`, get, rules)).status).toBe(302);
  await expect(boundedFetch(url, get, rules)).rejects.toThrow('more than 262144 bytes');
});

test('who does not answer is given up, in words', async () => {
  const url = await serve(() => undefined);
  const caller = openCaller({ ca: null, answer_ms: 50 }, { httpOnLoopback: true, signal });
  await expect(caller.fetch(url, get)).rejects.toThrow('did not answer in time');
  const gone = new URL(await serve(() => undefined));
  for (const server of open.splice(1)) server.close();
  await expect(caller.fetch(gone.href, get)).rejects.toThrow(`nobody listens at ${gone.host}`);
});

test('a provider with an authority of its own is trusted where that is given, and only there', async () => {
  const { authority, certificate, key } = await createLocalTls();
  const server = createSecureServer({ cert: certificate, key }, (_request, response) => response.end('ok'));
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (ca: string | null) => openCaller({ ca, answer_ms: 2000 }, rules).fetch(url, get);
  expect((await ask(authority)).status).toBe(200);
  await expect(ask(null)).rejects.toThrow('an authority that is not trusted here');
});
