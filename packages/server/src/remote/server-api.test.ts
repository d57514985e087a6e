import { expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { Secret } from '#platform/secret.ts';
import type { HttpCall, HttpResult } from './http-call.ts';
import { createServerApi } from './server-api.ts';

const application = {
  id: 'app_01a0c450-6c00-78c1-a8a5-9a6124391006',
  access_id: '01234567-89ab-4def-8123-456789abcdef',
  name: 'VPN',
  enabled: true,
  request_seconds: 60,
  unreachable_grace_seconds: 0,
};
const answer = (status: number, body: unknown): HttpResult => ({
  kind: 'answer',
  status,
  body,
  retryAfterMs: 0,
});
const token = (text: string, seconds = 3600) =>
  answer(200, { access_token: text, token_type: 'Bearer', expires_in: seconds, scope: '' });

/** @param respond to a call; `token` counts the tokens given out */
function apiOf(respond: (call: HttpCall, tokens: number) => HttpResult) {
  const calls: HttpCall[] = [];
  const clock = createHandClock();
  let tokens = 0;
  const api = createServerApi({
    clock,
    application: application.access_id,
    clientId: 'acl_x',
    clientSecret: new Secret('css_ö:&'),
    heard: () => undefined,
    caller: {
      close: () => undefined,
      call: async (call) => {
        calls.push(call);
        if (call.path === '/v1/oauth/token') tokens += 1;
        return respond(call, tokens);
      },
    },
  });
  return { api, calls, clock, tokens: () => tokens };
}

test('one token serves many calls, also those at the same time, until shortly before its end', async () => {
  const { api, clock, tokens, calls } = apiOf((call, n) =>
    call.path === '/v1/oauth/token' ? token(`t${n}`) : answer(200, application),
  );
  const all = await Promise.all([api.application(), api.application()]);
  expect(all.map(({ kind }) => kind)).toEqual(['done', 'done']);
  expect(tokens()).toBe(1);
  clock.turn(3_541_000);
  await api.application();
  expect(tokens()).toBe(2);
  expect(calls.at(-1)?.headers.authorization).toBe('Bearer t2');
  const [first] = calls;
  // RFC 6749 2.3.1: form-encoded before joined.
  const basic = Buffer.from(first?.headers.authorization?.slice(6) ?? '', 'base64').toString();
  expect(basic).toBe('acl_x:css_%C3%B6%3A%26');
  expect(new URLSearchParams(first?.body).get('scope')).toBe('auth_requests remote_proxy');
});

test('a token that is no longer taken is renewed once, and not again', async () => {
  const renewed = apiOf((call, n) => {
    if (call.path === '/v1/oauth/token') return token(`t${n}`);
    return call.headers.authorization === 'Bearer t1'
      ? answer(401, { code: 'unauthorized' })
      : answer(200, application);
  });
  expect(await renewed.api.application()).toMatchObject({ kind: 'done' });
  expect(renewed.tokens()).toBe(2);
  const never = apiOf((call) =>
    call.path === '/v1/oauth/token' ? token('t') : answer(401, { code: 'unauthorized' }),
  );
  expect(await never.api.application()).toMatchObject({ kind: 'refused', status: 401 });
  expect(never.calls).toHaveLength(4);
});

test.each([
  ['another form', answer(200, { hello: 'world' }), { kind: 'foreign' }],
  ['a status of its own without a code', answer(404, 'nothing here'), { kind: 'foreign' }],
  ['a problem', answer(404, { code: 'not_found' }), { kind: 'refused', code: 'not_found' }],
])('%s', async (_, given, expected) => {
  const { api } = apiOf((call) => (call.path === '/v1/oauth/token' ? token('t') : given));
  expect(await api.application()).toMatchObject(expected);
});

test('an answer may say more than this version knows', async () => {
  const { api } = apiOf((call) =>
    call.path === '/v1/oauth/token' ? token('t') : answer(200, { ...application, later: 1 }),
  );
  expect(await api.application()).toEqual({ kind: 'done', value: application });
});

test('only a request without a reference goes on a connection of its own', async () => {
  const { api, calls } = apiOf((call) =>
    call.path === '/v1/oauth/token' ? token('t') : answer(404, { code: 'x' }),
  );
  const request = {
    application: application.access_id,
    username: 'alice',
    description: '',
    client_address: null,
  };
  const never = new AbortController().signal;
  await api.createAuthRequest({ ...request, reference: 'r', number_matching: false }, never);
  await api.createAuthRequest({ ...request, number_matching: true }, never);
  expect(calls.slice(1).map(({ fresh }) => fresh)).toEqual([false, true]);
});
