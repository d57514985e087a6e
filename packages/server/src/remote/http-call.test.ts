import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpCaller, type HttpCall, type HttpCaller } from './http-call.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

async function callerOf(listener: RequestListener): Promise<HttpCaller> {
  const server = createServer(listener);
  const port = await listen(server);
  const caller = createHttpCaller({ baseUrl: `http://127.0.0.1:${port}` });
  open.push(caller, { close: () => void (server.closeAllConnections(), server.close()) });
  return caller;
}

const get = (more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'GET',
  path: '/',
  headers: {},
  timeoutMs: 5000,
  ...more,
});

describe('one call', () => {
  test('an answer is its status and JSON, whatever the status', async () => {
    const caller = await callerOf((_, response) => response.writeHead(404).end('{"code":"not_found"}'));
    expect(await caller.call(get())).toMatchObject({
      kind: 'answer',
      status: 404,
      body: { code: 'not_found' },
    });
  });

  test.each([502, 503, 504])('status %i is unreachable: a gateway says it for the server', async (status) => {
    const caller = await callerOf((_, response) => response.writeHead(status).end('<html>'));
    expect(await caller.call(get())).toMatchObject({ kind: 'unreachable', sent: true });
  });

  test.each([
    ['no JSON', 200, 'hello'],
    ['a redirection', 302, ''],
    ['too much', 200, `"${'x'.repeat(70_000)}"`],
  ])('%s is not the API', async (_, status, body) => {
    const caller = await callerOf((_request, response) => response.writeHead(status).end(body));
    expect(await caller.call(get())).toMatchObject({ kind: 'foreign' });
  });

  test('silence ends in time, and an answer that never ends as well', async () => {
    const silent = await callerOf(() => undefined);
    // Time enough to connect on a busy machine: before that nothing counts as sent.
    expect(await silent.call(get({ timeoutMs: 1000 }))).toMatchObject({ kind: 'unreachable', sent: true });
    const endless = await callerOf((_, response) => void response.writeHead(200).write('{'));
    expect(await endless.call(get({ timeoutMs: 50 }))).toMatchObject({ kind: 'unreachable' });
  });

  test('where nobody listens nothing was sent', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const caller = createHttpCaller({ baseUrl: `http://127.0.0.1:${port}` });
    open.push(caller);
    expect(await caller.call(get())).toMatchObject({ kind: 'unreachable', sent: false });
  });

  test('a peer that speaks no TLS is not trusted', async () => {
    const server = createTcpServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    const caller = createHttpCaller({ baseUrl: `https://127.0.0.1:${port}` });
    open.push(caller, { close: () => void server.close() });
    expect(await caller.call(get())).toMatchObject({ kind: 'untrusted' });
  });

  test('a kept connection that was closed meanwhile is no loss of the server', async () => {
    let calls = 0;
    const caller = await callerOf((request, response) => {
      calls += 1;
      if (calls === 2) request.socket.destroy();
      else response.end('{}');
    });
    expect(await caller.call(get())).toMatchObject({ kind: 'answer' });
    expect(await caller.call(get())).toMatchObject({ kind: 'answer' });
    expect(calls).toBe(3);
  });

  test('a call that was lost on a kept connection may have arrived, also when the second never left', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 1) return response.end('{}');
      server.close(() => undefined);
      return request.socket.destroy();
    });
    const port = await listen(server);
    const caller = createHttpCaller({ baseUrl: `http://127.0.0.1:${port}` });
    open.push(caller);
    expect(await caller.call(get())).toMatchObject({ kind: 'answer' });
    expect(await caller.call(get())).toMatchObject({ kind: 'unreachable', sent: true });
    expect(calls).toBe(2);
  });

  test('a call on a connection of its own is never made twice', async () => {
    let calls = 0;
    const caller = await callerOf((request) => {
      calls += 1;
      request.socket.destroy();
    });
    expect(await caller.call(get({ fresh: true }))).toMatchObject({ kind: 'unreachable', sent: true });
    expect(calls).toBe(1);
  });

  test('an abort ends it, also one that came before', async () => {
    const caller = await callerOf(() => undefined);
    const controller = new AbortController();
    const ended = caller.call(get({ signal: controller.signal }));
    controller.abort();
    expect(await ended).toEqual({ kind: 'aborted' });
    expect(await caller.call(get({ signal: controller.signal }))).toEqual({ kind: 'aborted' });
  });
});
