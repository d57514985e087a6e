// Every route of the contract, whatever its handler: who may call, what it takes, what it may answer.
import { expect, test } from 'vitest';
import { problemKinds } from '@countersign/contract/problems.ts';
import { commonProblems, type Route } from '@countersign/contract/route.ts';
import { type RouteName, routes } from '@countersign/contract/routes.ts';
import { Problem } from '#platform/problem.ts';
import { testServer } from './edge.test-support.ts';
import { registerHandlers } from './handlers.ts';
import type { Handlers } from './register-route.ts';

/** Every handler does the same. */
const all = (handler: () => Promise<never>) =>
  Object.fromEntries(Object.keys(routes).map((name) => [name, handler])) as unknown as Handlers;

const start = (handler: () => Promise<never> = () => Promise.reject(new Problem('not_found'))) =>
  testServer((app, edge) => registerHandlers(app, edge, all(handler)));

const table = Object.entries(routes) as [RouteName, Route][];
const uuid = '0199c0de-0000-7000-8000-000000000001';
const prefixes = ['app', 'usr', 'dev', 'lnk', 'rcl', 'hsv', 'acl', 'req', 'chl'];

/** A path that the route takes, its id of the right kind. */
function pathFor(route: Route): string {
  const id = prefixes
    .map((prefix) => `${prefix}_${uuid}`)
    .find((each) => route.params?.safeParse({ id: each }).success);
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' ? (id ?? 'x') : (others[name] ?? 'x'),
  );
}

/** Good values of the parameters that are no `id`. */
const others: Readonly<Record<string, string>> = {
  name: 'request_seconds',
  kind: 'logo',
  access_id: '0199c0de-0000-4000-8000-000000000001',
  digest: 'A'.repeat(43),
};

function bodyFor(route: Route, fields: object) {
  if (route.file) return { payload: Buffer.alloc(1), headers: { 'content-type': route.file.types[0] } };
  if (!route.body) return {};
  const form = route.bodyType !== undefined;
  return {
    payload: form ? new URLSearchParams(fields as Record<string, string>).toString() : JSON.stringify(fields),
    headers: { 'content-type': route.bodyType ?? 'application/json' },
  };
}

const allowed = (route: Route): Record<string, string> => {
  if (route.caller.kind === 'public') return {};
  return route.caller.kind === 'api_client' ? { authorization: 'Bearer all' } : { dpop: 'good' };
};

async function ask(route: Route, headers: Record<string, string>, fields: object = {}, url = pathFor(route)) {
  const { app, lines } = await start();
  const body = bodyFor(route, fields);
  const answer = await app.inject({
    method: route.method,
    url,
    ...body,
    headers: { ...body.headers, ...headers },
  });
  return {
    status: answer.statusCode,
    ...answer.json<{ code: string; errors?: { field: string }[] }>(),
    lines,
  };
}

test.each(table.filter(([, { caller }]) => caller.kind === 'api_client'))(
  '%s wants a token with its scope',
  async (_, route) => {
    expect(await ask(route, {})).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(await ask(route, { authorization: 'Bearer nobody' })).toMatchObject({
      status: 401,
      code: 'unauthorized',
    });
    expect(await ask(route, { authorization: 'Bearer none' })).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect(await ask(route, { dpop: 'good' })).toMatchObject({ status: 401, code: 'unauthorized' });
  },
);

test.each(table.filter(([, { caller }]) => caller.kind.endsWith('device')))(
  '%s wants a proof',
  async (_, route) => {
    expect(await ask(route, {})).toMatchObject({ status: 401, code: 'proof_invalid' });
    expect(await ask(route, { dpop: 'bad' })).toMatchObject({ status: 401, code: 'proof_invalid' });
    expect(await ask(route, { authorization: 'Bearer all' })).toMatchObject({
      status: 401,
      code: 'proof_invalid',
    });
  },
);

// RFC 6749 3.2: the token endpoint ignores unknown parameters.
test.each(table.filter(([name]) => name !== 'createToken'))('%s refuses unknown fields', async (_, route) => {
  const inQuery = await ask(route, allowed(route), {}, `${pathFor(route)}?unknown_field=1`);
  expect(inQuery.errors).toContainEqual({ field: 'unknown_field', message: 'unknown field' });
  if (!route.body) return;
  const inBody = await ask(route, allowed(route), { unknown_field: 1 });
  expect(inBody).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(inBody.errors).toContainEqual({ field: 'unknown_field', message: 'unknown field' });
});

test.each(table.filter(([, { params }]) => params))('%s refuses an id of another kind', async (_, route) => {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const other = await ask(route, allowed(route), {}, route.path.replaceAll(/\{\w+\}/g, `xyz_${uuid}`));
  expect(other.errors?.map(({ field }) => field)).toEqual(expect.arrayContaining(names));
});

test.each(table)(
  '%s declares what the edge may refuse it with, and each declared code has a status',
  (_, route) => {
    const declared = [...commonProblems(route), ...route.problems];
    expect(declared).toEqual(
      expect.arrayContaining([
        'invalid_request',
        'too_many_requests',
        'unavailable',
        'shutting_down',
        'internal_error',
      ]),
    );
    for (const code of declared) expect(problemKinds[code].status).toBeGreaterThanOrEqual(400);
  },
);

test('paths and methods are unique', () => {
  const places = table.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});
