// The OpenAPI 3.1 document, built from the routes of the contract: nothing in it is written twice.
import * as deviceModels from '@countersign/contract/device-models.ts';
import * as administratorModels from '@countersign/contract/administrator-models.ts';
import * as models from '@countersign/contract/models.ts';
import { type ProblemCode, problemKinds } from '@countersign/contract/problems.ts';
import * as radiusModels from '@countersign/contract/radius-models.ts';
import { commonProblems, type Route } from '@countersign/contract/route.ts';
import { routes } from '@countersign/contract/routes.ts';
import { scopes } from '@countersign/contract/scopes.ts';
import { z } from 'zod';
import { problemType } from './problem-document.ts';
import { bodyLimitOf } from './register-route.ts';

export type Json = { readonly [name: string]: unknown };
type Schema = Record<string, unknown>;

export interface OpenApiOptions {
  /** Where the API is reached; `/` in the reference that is kept in the repository. */
  readonly serverUrl: string;
  readonly version: string;
}

export function buildOpenApi({ serverUrl, version }: OpenApiOptions): Json {
  const components = new Map<string, Schema>();
  const refusals = new Map<string, Schema>();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operation(name, route, { components, refusals });
    paths[route.path] = operations;
  }
  components.set('Problem', problemSchema());
  components.set('OAuthError', oauthErrorSchema);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign API',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: introduction,
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(Object.values<Route>(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: sorted(components),
      responses: sorted(refusals),
      securitySchemes,
    },
  };
}

const sorted = (map: ReadonlyMap<string, Schema>): Schema =>
  Object.fromEntries([...map].toSorted(([a], [b]) => a.localeCompare(b, 'en')));

/** What operations refer to, collected on the way. */
interface Collected {
  readonly components: Map<string, Schema>;
  readonly refusals: Map<string, Schema>;
}

const introduction = `Programs call with an access token (OAuth 2.0 client credentials), administrators in the console with a session cookie, devices with a \
proof of possession. \
Unknown fields in requests are refused; unknown fields in responses must be ignored. Times named \`…_at\` are epoch milliseconds. \
Errors are problem documents (RFC 9457) whose \`code\` is stable. Every response carries \`X-Request-Id\`; the log has it too.`;

const securitySchemes = {
  oauth2: {
    type: 'oauth2',
    description: 'Client credentials (RFC 6749 4.4); the token is sent as `Authorization: Bearer …`.',
    flows: { clientCredentials: { tokenUrl: '/v1/oauth/token', scopes } },
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-countersign',
    description:
      'The session of an administrator, as signing in sets it (`countersign` where the public URL is plain http; with a path `/mfa`, `__Secure-countersign_mfa` or `countersign_mfa`). What the role allows is what its scopes name. A call that is not GET needs `Origin` to be the origin of the public URL; an `Authorization` header rules the cookie out.',
  },
  deviceProof: {
    type: 'apiKey',
    in: 'header',
    name: 'DPoP',
    description:
      'A JWT signed for this one call by the device’s signing key (RFC 9449 4.2, with `bdh`, the digest of the body). See docs/reference/device-protocol.md.',
  },
} as const;

const oauthErrorSchema: Schema = {
  type: 'object',
  description: 'RFC 6749 5.2',
  required: ['error'],
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
};

function operation(name: string, route: Route, { components, refusals }: Collected): Schema {
  const content = requestContent(route, components);
  const sized = content && `The body may have ${bodyLimitOf(route) / 1024} KiB.`;
  const description = [route.description, sized].filter((text) => text !== undefined).join('\n\n');
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(description === '' ? {} : { description }),
    security: securityOf(route),
    ...parametersOf(route, components),
    ...(content && { requestBody: { required: true, content } }),
    responses: { ...successOf(route, components), ...refusalsOf(route, refusals) },
  };
}

/** By media type; undefined for a route that takes no body. */
function requestContent(
  { body, bodyType, file }: Route,
  components: Map<string, Schema>,
): Schema | undefined {
  if (file) return Object.fromEntries(file.types.map((type) => [type, {}]));
  return body && { [bodyType ?? 'application/json']: { schema: toSchema(body, 'input', components) } };
}

function securityOf({ caller, bodyType }: Route): readonly Schema[] {
  switch (caller.kind) {
    case 'public':
      return bodyType === undefined ? [] : [{}];
    case 'api_client':
      return [{ oauth2: [caller.scope] }, { session: [] }];
    case 'administrator':
      return [{ session: [] }];
    case 'device':
    case 'new_device':
      return [{ deviceProof: [] }];
  }
}

function parametersOf({ params, query }: Route, components: Map<string, Schema>): Schema {
  const read = (place: 'path' | 'query', object: z.ZodObject | undefined) =>
    Object.entries(object?.shape ?? {}).map(([name, field]) => {
      // As it is read, not as it is typed in: numbers in a query are numbers.
      const { description, ...schema } = toSchema(field as z.ZodType, 'output', components);
      const required = place === 'path' || !(field as z.ZodType).safeParse(undefined).success;
      return { name, in: place, required, ...(description === undefined ? {} : { description }), schema };
    });
  const parameters = [...read('path', params), ...read('query', query)];
  return parameters.length === 0 ? {} : { parameters };
}

function successOf({ success }: Route, components: Map<string, Schema>): Schema {
  const { status, body, type, files } = success;
  const headers = { 'X-Request-Id': { schema: { type: 'string' }, description: 'Our id of this request.' } };
  if (body === null) return { [status]: { description: 'Done.', headers } };
  if (files) {
    const content = Object.fromEntries(files.map((each) => [each, {}]));
    return { [status]: { description: 'Success.', headers, content } };
  }
  const schema = toSchema(body, 'output', components);
  return {
    [status]: { description: 'Success.', headers, content: { [type ?? 'application/json']: { schema } } },
  };
}

const bodyProblems: readonly ProblemCode[] = ['body_too_large', 'unsupported_media_type'];

/** One response for each status, naming the codes that can come with it. */
function refusalsOf(route: Route, refusals: Map<string, Schema>): Schema {
  const codes = new Set([...commonProblems(route), ...route.problems]);
  if (route.body === undefined && !route.file) for (const code of bodyProblems) codes.delete(code);
  const byStatus = Map.groupBy(codes, (code) => problemKinds[code].status);
  const responses = [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, its]) => {
      const name = `${its.map(pascalCase).join('Or')}${route.bodyType === undefined ? '' : 'AtToken'}`;
      refusals.set(name, refusal(route, status, its));
      return [status, { $ref: `#/components/responses/${name}` }];
    });
  return Object.fromEntries(responses) as Schema;
}

const pascalCase = (code: string): string =>
  code.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

function refusal({ bodyType }: Route, status: number, codes: readonly ProblemCode[]): Schema {
  const content: Schema = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } };
  if (bodyType !== undefined && (status === 400 || status === 401))
    content['application/json'] = { schema: { $ref: '#/components/schemas/OAuthError' } };
  const description = codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' ');
  const retry = { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } };
  return { description, ...(status === 429 ? { headers: retry } : {}), content };
}

function problemSchema(): Schema {
  return {
    type: 'object',
    description: 'RFC 9457',
    required: ['type', 'title', 'status', 'code', 'request_id'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', enum: Object.keys(problemKinds), description: 'Stable.' },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['field', 'message'],
          properties: { field: { type: 'string' }, message: { type: 'string' } },
        },
      },
      server_time: { type: 'integer', description: 'Epoch milliseconds; with `proof_stale`.' },
      request_id: { type: 'string' },
    },
  };
}

/** Every model of the contract by its exported name. */
const named = z.registry<{ id: string }>();
for (const [id, model] of Object.entries({
  ...models,
  ...administratorModels,
  ...radiusModels,
  ...deviceModels,
}))
  if (/^[A-Z]/.test(id) && model instanceof z.ZodType) named.add(model, { id });

/** JSON Schema (draft 2020-12) of a schema; models become references into `components`. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', components: Map<string, Schema>): Schema {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, metadata: named, unrepresentable: 'any' });
  for (const [name, definition] of Object.entries($defs)) components.set(name, tidy(definition, io));
  return tidy(own, io);
}

/** References point into the components, the registry's ids go, and responses may have more fields one day. */
function tidy(schema: unknown, io: 'input' | 'output'): Schema {
  const text = JSON.stringify(schema, (name, value: unknown) => {
    if (name === '$ref' && typeof value === 'string')
      return value.replace('#/$defs/', '#/components/schemas/');
    return name === 'additionalProperties' && value === false && io === 'output' ? undefined : value;
  });
  const { id, ...rest } = JSON.parse(text) as Schema;
  return typeof id === 'object' ? { ...rest, id } : rest;
}
