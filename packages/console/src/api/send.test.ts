// A call over the wire: where it goes, what it carries, and what every kind of answer becomes.
import { afterEach, expect, test, vi } from 'vitest';
import { ServerProblem, codeOf, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { isPassing } from './problem.ts';
import { send, urlOf } from './send.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

function answer(body: unknown, init: ResponseInit = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const asked = vi.fn<typeof fetch>(async () => new Response(init.status === 204 ? null : text, init));
  vi.stubGlobal('fetch', asked);
  return asked;
}

test('parameters and queries are encoded, and empty ones are left out', () => {
  expect(urlOf('getUser', { params: { id: 'a/b c' } })).toBe('../v1/users/a%2Fb%20c');
  expect(urlOf('listUsers', { query: { search: 'ä&b', enabled: undefined, cursor: '', limit: 10 } })).toBe(
    '../v1/users?search=%C3%A4%26b&limit=10',
  );
});

test('a body goes as JSON, the session by cookie and nothing in the cache; an empty answer is undefined', async () => {
  const asked = answer('', { status: 204 });
  const body = { enabled: true, user_ids: ['usr_1'] };
  expect(await send('endSession', {})).toBeUndefined();
  await send('changeUsers', { body }).catch(() => undefined);
  const [first, second] = asked.mock.calls.map(([, init]) => init);
  expect([first?.method, first?.body, first?.cache]).toEqual(['DELETE', undefined, 'no-store']);
  expect([second?.method, second?.body]).toEqual(['PATCH', JSON.stringify(body)]);
  expect(new Headers(second?.headers).get('content-type')).toBe('application/json');
});

test('a problem document is told with its fields and how long to wait', async () => {
  answer(
    { code: 'invalid_request', detail: 'no', errors: [{ field: 'teams.0', message: 'too long' }] },
    { status: 400, headers: { 'retry-after': '3' } },
  );
  const error = await send('getSession', {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ServerProblem);
  expect(error).toMatchObject({
    code: 'invalid_request',
    status: 400,
    detail: 'no',
    fields: { 'teams.0': 'too long' },
    retryAfterMs: 3000,
  });
  expect([codeOf(error), isPassing(error)]).toEqual(['invalid_request', false]);
});

test.each([
  ['a gateway that speaks HTML', async () => new Response('<html>', { status: 502 })],
  ['a captive portal', async () => new Response('<html>', { status: 200 })],
  ['no network', async () => Promise.reject(new TypeError('failed to fetch'))],
])('%s is a server that cannot be reached', async (_what, fetching) => {
  vi.stubGlobal('fetch', fetching);
  const error = await send('getSession', {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ServerUnreachable);
  expect([codeOf(error), isPassing(error)]).toEqual(['unreachable', true]);
});

test('a server that is not ready may be asked again; a call that was given up throws its own reason', async () => {
  answer({ code: 'unavailable' }, { status: 503 });
  expect(isPassing(await send('getSession', {}).catch((thrown: unknown) => thrown))).toBe(true);
  const leaving = new AbortController();
  const left = new Error('left');
  leaving.abort(left);
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => init.signal?.throwIfAborted());
  await expect(send('getSession', {}, { signal: leaving.signal })).rejects.toBe(left);
  expect(codeOf(new Error('bug'))).toBe('defect');
});
