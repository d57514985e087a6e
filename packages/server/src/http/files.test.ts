// Routes whose body or answer is a file: bytes as they come, of the declared types, bounded, and shown by no page of theirs.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { maxImageBytes } from '@countersign/contract/images.ts';
import { route } from '@countersign/contract/route.ts';
import { testServer } from './edge.test-support.ts';
import { registerRoute } from './register-route.ts';

const common = { path: '/v1/file', tag: 'Test', summary: 'Test', problems: [] } as const;
const types = ['image/png', 'image/webp'] as const;
const put = route({
  ...common,
  method: 'PUT',
  caller: { kind: 'api_client', scope: 'applications' },
  file: { types, maxBytes: maxImageBytes },
  success: { status: 200, body: z.object({ bytes: z.int() }) },
});
const get = route({
  ...common,
  method: 'GET',
  caller: { kind: 'public' },
  success: { status: 200, body: z.string(), files: types },
});

async function start() {
  let kept: Uint8Array = new Uint8Array();
  const { app } = await testServer((server, edge) => {
    registerRoute(server, edge, 'put', put, async ({ body }) => {
      kept = body;
      return { bytes: body.length };
    });
    registerRoute(server, edge, 'get', get, async () => ({ type: 'image/webp', bytes: kept }));
  });
  return (payload: Buffer, type: string = 'image/png', authorization = 'Bearer all') => ({
    put: () =>
      app.inject({
        method: 'PUT',
        url: '/v1/file',
        payload,
        headers: { 'content-type': type, authorization },
      }),
    get: () => app.inject('/v1/file'),
  });
}

test('bytes come and go as they are', async () => {
  const send = (await start())(Buffer.from([0, 255, 0x0d, 0x0a, 0x80]));
  expect((await send.put()).json()).toEqual({ bytes: 5 });
  const answer = await send.get();
  expect(answer.rawPayload).toEqual(Buffer.from([0, 255, 0x0d, 0x0a, 0x80]));
  expect(answer.headers).toMatchObject({
    'content-type': 'image/webp',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
});

test.each([
  ['another type', 415, 'unsupported_media_type', 5, 'image/svg+xml'],
  ['a page', 415, 'unsupported_media_type', 5, 'text/html'],
  ['a type with another behind it', 415, 'unsupported_media_type', 5, 'image/svg+xml, image/png'],
  ['a type of other routes', 415, 'unsupported_media_type', 5, 'application/json'],
  ['one byte too many', 413, 'body_too_large', maxImageBytes + 1, 'image/png'],
  ['nothing', 400, 'invalid_request', 0, 'image/png'],
])('%s is refused', async (_, status, code, length, type) => {
  const answer = await (await start())(Buffer.alloc(length), type).put();
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
});

test('as many bytes as allowed are taken, from whoever may', async () => {
  const send = await start();
  expect((await send(Buffer.alloc(maxImageBytes)).put()).statusCode).toBe(200);
  expect((await send(Buffer.alloc(1), 'image/png', '').put()).statusCode).toBe(401);
});

test('a large file is taken from nobody unknown, and only a few at a time', async () => {
  const large = route({
    ...common,
    method: 'POST',
    caller: { kind: 'api_client', scope: 'users' },
    file: { types: ['text/csv'], maxBytes: 1000, large: true },
    success: { status: 200, body: z.object({ bytes: z.int() }) },
  });
  const begun: (() => void)[] = [];
  const { app } = await testServer((server, edge) => {
    registerRoute(server, edge, 'large', large, async ({ body }) => {
      await new Promise<void>((resolve) => void begun.push(resolve));
      return { bytes: body.length };
    });
  });
  const send = (payload: string, authorization: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/file',
      payload,
      headers: { 'content-type': 'text/csv', authorization },
    });
  const tooLarge = 'x'.repeat(1001);
  expect((await send(tooLarge, 'Bearer nobody')).statusCode).toBe(401);
  expect((await send(tooLarge, 'Bearer none')).statusCode).toBe(403);
  expect((await send(tooLarge, 'Bearer all')).statusCode).toBe(413);
  const two = [send('a', 'Bearer all'), send('b', 'Bearer all')];
  await expect.poll(() => begun.length).toBe(2);
  expect((await send('c', 'Bearer all')).statusCode).toBe(429);
  for (const go of begun) go();
  expect((await Promise.all(two)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
});
