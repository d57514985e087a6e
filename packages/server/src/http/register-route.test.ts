import { METHODS } from 'node:http';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { route } from '@countersign/contract/route.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import { testCallers, testServer } from './edge.test-support.ts';
import { registerRoute } from './register-route.ts';
import { httpLimits } from './rate-limits.ts';

const success = { status: 200, body: z.object({ said: z.unknown() }) } as const;
const common = { tag: 'Test', summary: 'Test', success, problems: [] } as const;
const echo = route({
  ...common,
  method: 'POST',
  path: '/v1/things/{id}',
  caller: { kind: 'api_client', scope: 'users' },
  params: z.strictObject({ id: z.string().max(8) }),
  query: z.strictObject({ limit: z.coerce.number().int().max(9).default(5) }),
  body: z.strictObject({ name: z.string().max(5), deep: z.strictObject({ n: z.int() }).optional() }),
});
const open = route({ ...common, method: 'GET', path: '/v1/open', caller: { kind: 'public' } });
const form = route({
  ...common,
  method: 'POST',
  path: '/v1/form',
  caller: { kind: 'public' },
  bodyType: 'application/x-www-form-urlencoded',
  body: z.object({ grant_type: z.string() }),
  problems: ['invalid_client'],
});
const own = route({
  ...common,
  method: 'POST',
  path: '/v1/device/own',
  caller: { kind: 'device' },
  body: z.strictObject({ a: z.string() }),
});
const fails: Record<string, () => Error> = {
  defect: () => new Error('secret internals'),
  broken: () => new Unavailable('database', new Error('secret internals')),
  undeclared: () => new Problem('name_taken'),
};

const start = () =>
  testServer((app, edge) => {
    registerRoute(app, edge, 'echo', echo, async (call) => ({
      said: { ...call.params, ...call.query, ...call.body, by: call.caller.id },
      secret: 'undeclared',
    }));
    registerRoute(app, edge, 'open', open, async () => ({ said: 'hello' }));
    registerRoute(app, edge, 'form', form, async ({ body }) => {
      if (body.grant_type === 'bad') throw new Problem('invalid_client', 'no "such" client');
      return { said: body.grant_type };
    });
    registerRoute(app, edge, 'own', own, async ({ caller, body }) => ({ said: caller.id + body.a }));
    for (const [name, error] of Object.entries(fails))
      registerRoute(app, edge, name, { ...open, path: `/v1/${name}` }, async () => {
        throw error();
      });
  });

type Server = Awaited<ReturnType<typeof start>>;
const call = (
  { app }: Server,
  payload: string | Buffer = '{"name":"n"}',
  headers: Record<string, string> = {},
  url = '/v1/things/x',
) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: 'Bearer all', 'content-type': 'application/json', ...headers },
  });

test('a call is read by the schemas and the answer is written by them', async () => {
  const server = await start();
  const answer = await call(server, '{"name":"n"}', {}, '/v1/things/x?limit=7');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ said: { id: 'x', limit: 7, name: 'n', by: 'acl_all' } });
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'content-type': 'application/json; charset=utf-8',
  });
  expect(answer.headers['content-security-policy']).toBe(
    "default-src 'none';style-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
  );
  expect(answer.headers['strict-transport-security']).toBeUndefined();
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the request id is ours, and the same in header, problem and log', async () => {
  const server = await start();
  const answer = await call(server, '{', { 'x-request-id': 'theirs' });
  const id = answer.headers['x-request-id'];
  expect(id).not.toBe('theirs');
  expect(answer.json()).toMatchObject({ request_id: id, code: 'invalid_request', status: 400 });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(server.lines).toContainEqual(
    expect.objectContaining({
      request_id: id,
      path: '/v1/things/x',
      status: 400,
      caller: 'acl_all',
      code: 'invalid_request',
    }),
  );
});

test('HSTS only where the public address is https', async () => {
  const { app } = await testServer(() => {}, { publicUrl: 'https://mfa.example.com' });
  const answer = await app.inject('/nothing');
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  expect(answer.json()).toMatchObject({ type: 'https://mfa.example.com/docs/problems#route_unknown' });
});

test('every field at fault is named', async () => {
  const server = await start();
  const answer = await call(
    server,
    '{"name":7,"deep":{"n":1,"m":2},"more":1}',
    {},
    '/v1/things/123456789?limit=x&y=1',
  );
  expect(answer.statusCode).toBe(400);
  const fields = answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);
  expect(fields.toSorted()).toEqual(['deep.m', 'id', 'limit', 'more', 'name', 'y']);
});

test.each<[string, string | Buffer, Record<string, string>, number, string]>([
  ['no JSON', '{', {}, 400, 'invalid_request'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), {}, 400, 'invalid_request'],
  ['a member twice', '{"name":"a","name":"b"}', {}, 400, 'invalid_request'],
  ['__proto__', '{"name":"a","__proto__":{}}', {}, 400, 'invalid_request'],
  ['no body', '', {}, 400, 'invalid_request'],
  ['text', 'name=a', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  [
    'a form',
    'name=a',
    { 'content-type': 'application/x-www-form-urlencoded' },
    415,
    'unsupported_media_type',
  ],
  ['gzip', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ['64 KiB and more', `{"name":"${'a'.repeat(65_536)}"}`, {}, 413, 'body_too_large'],
  ['no token', '{}', { authorization: '' }, 401, 'unauthorized'],
  ['Basic', '{}', { authorization: 'Basic all' }, 401, 'unauthorized'],
  ['an unknown token', '{}', { authorization: 'Bearer other' }, 401, 'unauthorized'],
  ['a token without the scope', '{}', { authorization: 'bearer none' }, 403, 'forbidden'],
])('refuses %s', async (_, payload, headers, status, code) => {
  const answer = await call(await start(), payload, headers);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ code, status });
  if (status === 401 || status === 403) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
});

test('bodies and queries where none belong are refused', async () => {
  const { app } = await start();
  const withBody = await app.inject({
    method: 'GET',
    url: '/v1/open',
    payload: 'x',
    headers: { 'content-type': 'application/json' },
  });
  expect(withBody.statusCode).toBe(400);
  expect((await app.inject('/v1/open?x=1')).json()).toMatchObject({
    errors: [{ field: 'x', message: 'unknown field' }],
  });
  expect((await app.inject('/v1/open?%')).statusCode).toBe(400);
  expect((await app.inject('/%c3%28')).statusCode).toBe(400);
  expect((await app.inject(`/v1/open?${'a'.repeat(5000)}`)).statusCode).toBe(400);
  expect((await app.inject('/v1/open/')).statusCode).toBe(404);
  expect((await app.inject('/V1/open')).statusCode).toBe(404);
});

const long = 'x'.repeat(3000);
test.each<[string, string, number, string]>([
  ['a parameter that is far too long', `/v1/things/${long}`, 401, 'unauthorized'],
  ['one that is longer than any socket takes', `/v1/things/${'x'.repeat(20_000)}`, 404, 'route_unknown'],
  ['a URL that cannot be decoded', `/v1/things/%c3%28${long}`, 400, 'invalid_request'],
  ['a broken escape', `/${long}%`, 400, 'invalid_request'],
])('nobody makes a defect of %s', async (_, url, status, code) => {
  const { app, lines } = await start();
  const answer = await app.inject({
    method: 'POST',
    url,
    payload: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.json()).toMatchObject({ code, request_id: answer.headers['x-request-id'] });
  expect(answer.headers['cache-control']).toBe('no-store');
  if (status !== 404) {
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(lines).toContainEqual(expect.objectContaining({ status, path: url.slice(0, 200) }));
  }
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(JSON.stringify(lines)).not.toContain('x'.repeat(201));
});

test.each(METHODS.filter((method) => method !== 'CONNECT'))('nor of the method %s', async (method) => {
  const { app, lines } = await start();
  for (const headers of [{}, { 'content-type': ';' }, { 'content-type': 'application/json' }]) {
    const answer = await app.inject({ method: method as 'GET', url: '/v1/nothing', headers });
    expect(answer.statusCode).toBeOneOf([404, 415]);
  }
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('URLs that cannot be decoded count against their source', async () => {
  const { app, lines } = await start();
  for (let i = 0; i < httpLimits.open.burst; i++) expect((await app.inject('/%')).statusCode).toBe(400);
  expect((await app.inject('/%')).statusCode).toBe(429);
  // Each is counted; of one source that is not known only a few have a line.
  expect(lines).toHaveLength(30);
});

test('a defect and a broken dependency tell nothing, the log tells all', async () => {
  const { app, lines } = await start();
  const defect = await app.inject('/v1/defect');
  expect([defect.statusCode, defect.json<{ code: string }>().code]).toEqual([500, 'internal_error']);
  const broken = await app.inject('/v1/broken');
  expect([broken.statusCode, broken.json<{ code: string }>().code]).toEqual([503, 'unavailable']);
  expect(defect.body + broken.body).not.toContain('internals');
  const logged = JSON.stringify(lines);
  expect(logged).toContain('secret internals');
  expect(logged).toContain('register-route.test.ts');
});

test('a problem that the route does not declare is a defect in the log', async () => {
  const { app, lines } = await start();
  expect((await app.inject('/v1/undeclared')).statusCode).toBe(409);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'error', undeclared: 'name_taken' }));
});

test('forms: RFC 6749 5.2 errors, problems for the rest', async () => {
  const server = await start();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: '' };
  expect((await call(server, 'grant_type=x', headers, '/v1/form')).json()).toEqual({ said: 'x' });
  const refused = await call(server, 'grant_type=bad', headers, '/v1/form');
  expect(refused.statusCode).toBe(401);
  expect(refused.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  });
  expect(refused.headers['www-authenticate']).toMatch(/^Basic /);
  expect(refused.json()).toEqual({ error: 'invalid_client', error_description: 'no ?such? client' });
  expect((await call(server, 'scope=x', headers, '/v1/form')).json()).toMatchObject({
    error: 'invalid_request',
  });
  expect((await call(server, 'grant_type=x&grant_type=y', headers, '/v1/form')).json()).toMatchObject({
    error: 'invalid_request',
  });
  expect((await call(server, '{}', { authorization: '' }, '/v1/form')).json()).toMatchObject({
    code: 'unsupported_media_type',
  });
});

test('device calls: a proof, a smaller body, the server’s time when the clock is off, a limit of their own', async () => {
  const server = await start();
  const device = (dpop: string, payload = '{"a":"!"}') =>
    call(server, payload, { authorization: '', dpop }, '/v1/device/own');
  expect((await device('good')).json()).toEqual({ said: expect.stringMatching(/^dev_.*!$/) as string });
  const bad = await device('bad');
  expect(bad.json()).toMatchObject({ code: 'proof_invalid', status: 401 });
  expect(bad.headers['www-authenticate']).toBe('DPoP algs="ES256", error="invalid_dpop_proof"');
  expect((await device('stale')).json()).toMatchObject({
    code: 'proof_stale',
    server_time: 1_790_000_000_000,
  });
  expect((await device('good', `{"a":"${'a'.repeat(16_384)}"}`)).statusCode).toBe(413);
  const { burst } = httpLimits.device;
  for (let i = 1; i < burst; i++) expect((await device('good')).statusCode).toBe(200);
  const limited = await device('good');
  expect(limited.json()).toMatchObject({ code: 'too_many_requests' });
  expect(limited.headers['retry-after']).toBe('1');
  expect((await device('good-2')).statusCode).toBe(200);
  server.turn(100);
  expect((await device('good')).statusCode).toBe(200);
});

test('who keeps failing is slowed down; good callers from the same address are not', async () => {
  const server = await start();
  const failing = () => call(server, '{}', { authorization: 'Bearer wrong' });
  for (let i = 0; i < httpLimits.failures.burst; i++) expect((await failing()).statusCode).toBe(401);
  const slowed = await failing();
  expect(slowed.json()).toMatchObject({ code: 'too_many_requests' });
  expect(slowed.headers['retry-after']).toBe('2');
  expect((await call(server)).statusCode).toBe(200);
});

test('X-Forwarded-For is believed from listed proxies only', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.1' };
  const sources = async (trustedProxies: string[]) => {
    const { app, lines } = await testServer(() => {}, { trustedProxies });
    await app.inject({ url: '/x', headers, remoteAddress: '192.0.2.1' });
    return lines.flatMap(({ source }) => source ?? []);
  };
  expect(await sources([])).toEqual(['192.0.2.1']);
  expect(await sources(['192.0.2.0/24'])).toEqual(['198.51.100.1']);
  expect(await sources(['203.0.113.1'])).toEqual(['192.0.2.1']);
});

test('a proxy that is not listed is named once in the log', async () => {
  const { app, lines } = await testServer(() => {});
  for (let i = 0; i < 3; i++)
    await app.inject({
      url: '/x',
      headers: { 'x-forwarded-for': '198.51.100.1' },
      remoteAddress: '192.0.2.1',
    });
  expect(lines.filter(({ proxy }) => proxy === '192.0.2.1')).toHaveLength(1);
});

test('what goes on is looked at again without counting as another call, and without keeping the session alive', async () => {
  const attended: boolean[] = [];
  const long = route({ ...open, path: '/v1/long', caller: { kind: 'api_client', scope: 'audit' } });
  const { app } = await testServer(
    (fastify, edge) =>
      registerRoute(fastify, edge, 'long', long, async ({ isStillAdmitted }) => {
        for (let look = 0; look < httpLimits.administrator.burst; look += 1) await isStillAdmitted();
        return { said: await isStillAdmitted() };
      }),
    {
      callers: {
        ...testCallers,
        findAdministrator(token, isAttended) {
          attended.push(isAttended);
          return testCallers.findAdministrator(token, isAttended);
        },
      },
    },
  );
  const answer = await app.inject({ url: '/v1/long', headers: { cookie: 'countersign=owner' } });
  expect(answer.json()).toEqual({ said: true });
  expect([attended[0], attended.indexOf(true, 1)]).toEqual([true, -1]);
});
