// Every route of the contract, whatever its handler: who may call, what it takes, what it may answer.
import { describe, expect, test } from 'vitest';
import { problemKinds } from '@countersign/contract/problems.ts';
import { commonProblems, type Route } from '@countersign/contract/route.ts';
import { allRoles, type RoleName } from '@countersign/contract/roles.ts';
import { type RouteName, routes } from '@countersign/contract/routes.ts';
import type { Scope } from '@countersign/contract/scopes.ts';
import { Problem } from '#platform/problem.ts';
import { z } from 'zod';
import { testServer, testUrl } from './edge.test-support.ts';
import { registerHandlers } from './handlers.ts';
import type { Handlers } from './register-route.ts';

/** Every handler does the same. */
const all = (handler: () => Promise<never>) =>
  Object.fromEntries(Object.keys(routes).map((name) => [name, handler])) as unknown as Handlers;

const start = (handler: () => Promise<never> = () => Promise.reject(new Problem('not_found'))) =>
  testServer((app, edge) => registerHandlers(app, edge, all(handler)));

const table = Object.entries(routes) as [RouteName, Route][];
const uuid = '0199c0de-0000-7000-8000-000000000001';
const prefixes = ['app', 'usr', 'dev', 'lnk', 'rcl', 'hsv', 'acl', 'req', 'chl', 'adm', 'ses', 'pky'];

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

/** What a browser on our own page sends with a session of this role. */
const asAdministrator = (session: string): Record<string, string> => ({
  cookie: `countersign=${session}`,
  origin: testUrl,
});

const allowed = (route: Route): Record<string, string> => {
  switch (route.caller.kind) {
    case 'public':
      return {};
    case 'api_client':
      return { authorization: 'Bearer all' };
    case 'administrator':
      return asAdministrator('owner');
    case 'device':
    case 'new_device':
      return { dpop: 'good' };
  }
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

test.each(table.filter(([, { caller }]) => caller.kind === 'administrator'))(
  '%s wants a session, of whichever role',
  async (_, route) => {
    for (const headers of [{}, { authorization: 'Bearer all' }, asAdministrator('nobody')])
      expect(await ask(route, headers)).toMatchObject({ status: 401, code: 'unauthorized' });
    for (const role of allRoles)
      expect(['unauthorized', 'forbidden', 'second_factor_missing', 'step_up_required']).not.toContain(
        (await ask(route, asAdministrator(role))).code,
      );
  },
);

/** Whether a role may, written out once more: what the table of roles means for each scope. */
const readers: Record<Scope, readonly RoleName[]> = {
  applications: ['owner', 'administrator', 'helpdesk', 'auditor'],
  users: ['owner', 'administrator', 'helpdesk', 'auditor'],
  devices: ['owner', 'administrator', 'helpdesk', 'auditor'],
  activity: ['owner', 'administrator', 'helpdesk', 'auditor'],
  radius: ['owner', 'administrator', 'auditor'],
  audit: ['owner', 'administrator', 'auditor'],
  settings: ['owner', 'administrator', 'auditor'],
  api_clients: ['owner', 'administrator', 'auditor'],
  administrators: ['owner', 'administrator', 'auditor'],
  auth_requests: [],
  remote_proxy: [],
};
const changers: Record<Scope, readonly RoleName[]> = {
  ...readers,
  applications: ['owner', 'administrator'],
  users: ['owner', 'administrator', 'helpdesk'],
  devices: ['owner', 'administrator', 'helpdesk'],
  activity: ['owner', 'administrator'],
  radius: ['owner', 'administrator'],
  audit: ['owner', 'administrator'],
  settings: ['owner', 'administrator'],
  api_clients: ['owner'],
  administrators: ['owner'],
};

describe.each(table.filter(([, { caller }]) => caller.kind === 'api_client'))('%s', (_, route) => {
  const { caller, method } = route;
  const scope = caller.kind === 'api_client' ? caller.scope : undefined;
  const may = (method === 'GET' ? readers : changers)[scope!];

  test.each(allRoles)('by an administrator of the role %s', async (role) => {
    const { code } = await ask(route, asAdministrator(role));
    if (may.includes(role)) expect(['unauthorized', 'forbidden']).not.toContain(code);
    else expect(code).toBe('forbidden');
  });

  test('not before a second factor is added, and what destroys not without a fresh proof', async () => {
    expect((await ask(route, asAdministrator('owner-enrol'))).code).toBe('second_factor_missing');
    const [role] = may;
    if (role === undefined) return;
    const { code } = await ask(route, asAdministrator(`${role}-stale`));
    if (route.stepUp) expect(code).toBe('step_up_required');
    else expect(code).not.toBe('step_up_required');
    expect((await ask(route, { authorization: 'Bearer all' })).code).not.toBe('step_up_required');
  });

  test('by no other site, and with a token never by the cookie', async () => {
    const [role = 'owner'] = may;
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await ask(route, { ...asAdministrator(role), ...headers })).code).toBe('forbidden');
    const { origin: _own, ...without } = asAdministrator(role);
    if (method !== 'GET') expect((await ask(route, without)).code).toBe('forbidden');
    const both = { ...asAdministrator(role), authorization: 'Bearer nobody' };
    expect((await ask(route, both)).code).toBe('unauthorized');
  });
});

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

/** Where the body has one of several forms: what names one of them, since nothing is unknown before that is known. */
function variantOf(body: z.ZodType): Record<string, unknown> {
  if (!(body instanceof z.ZodDiscriminatedUnion)) return {};
  const { discriminator, options } = body._zod.def;
  const [first] = options as readonly z.ZodObject[];
  const literal = first?.shape[discriminator];
  return literal instanceof z.ZodLiteral ? { [discriminator]: literal.value } : {};
}

// RFC 6749 3.2: the token endpoint ignores unknown parameters.
test.each(table.filter(([name]) => name !== 'createToken'))('%s refuses unknown fields', async (_, route) => {
  const inQuery = await ask(route, allowed(route), {}, `${pathFor(route)}?unknown_field=1`);
  expect(inQuery.errors).toContainEqual({ field: 'unknown_field', message: 'unknown field' });
  if (!route.body) return;
  const inBody = await ask(route, allowed(route), { ...variantOf(route.body), unknown_field: 1 });
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
