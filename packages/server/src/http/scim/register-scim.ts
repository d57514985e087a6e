// Binds the SCIM server (RFC 7644): its own media type, paths, errors and versions. Thin: users and teams are the core's.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findScimCaller, type ScimCaller } from '#core/scim/find-scim-caller.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiDeps } from '../api-deps.ts';
import { bearerToken } from '../bearer-token.ts';
import type { Edge } from '../edge.ts';
import { parseJson } from '../json-body.ts';
import { refusalHeaders, toRefusal } from '../problem-document.ts';
import { pathOf } from '../request-target.ts';
import { resourceTypes, schemaDefinitions, serviceProviderConfig, withId } from './discovery.ts';
import { scimGroups } from './groups.ts';
import { type Asked, readQueryText, readSearch } from './read-query.ts';
import { isNamed, type JsonObject, ownVersion, project } from './resource.ts';
import type { Refuse, ScimResources } from './resources.ts';
import { errorBody, fromRefusal, ScimError } from './scim-error.ts';
import { scimUsers } from './users.ts';

const mediaType = 'application/scim+json';
const prefix = '/scim/v2';
/** A group with all its members is one body. */
const maxScimBodyBytes = 2 ** 20;
const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export function registerScim(app: FastifyInstance, edge: Edge, deps: ApiDeps): void {
  const base = `${edge.publicUrl}${prefix}`;
  void app.register(
    async (scope) => {
      scope.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      );
      scope.setErrorHandler((error, request, reply) => refuse(edge, error, request, reply));
      scope.setNotFoundHandler((request, reply) =>
        refuse(edge, new ScimError(404, 'There is nothing here.'), request, reply),
      );
      registerDiscovery(scope, edge, deps, base);
      registerResources(scope, edge, deps, { path: '/Users', resources: scimUsers(deps, base) });
      registerResources(scope, edge, deps, { path: '/Groups', resources: scimGroups(deps, base) });
    },
    { prefix },
  );
}

const config = { name: 'scim', limit: 'none' } as const;

/** @throws Problem unauthorized; TooManyRequests */
async function identify(edge: Edge, deps: ApiDeps, request: FastifyRequest): Promise<ScimCaller> {
  const token = bearerToken(request);
  const caller = token === undefined ? undefined : await findScimCaller(deps, token);
  if (!caller) throw new Problem('unauthorized');
  request.callerId = caller.id;
  edge.limits.takeCaller('api_client', caller.id);
  return caller;
}

function registerDiscovery(scope: FastifyInstance, edge: Edge, deps: ApiDeps, base: string): void {
  const lists = {
    '/ResourceTypes': resourceTypes(base),
    '/Schemas': schemaDefinitions(base),
  };
  const answer = (request: FastifyRequest, reply: FastifyReply, body: JsonObject | undefined) =>
    identify(edge, deps, request).then(() => {
      if (!body) throw new Problem('not_found');
      return send(reply, 200, body);
    });
  scope.get('/ServiceProviderConfig', { config }, (request, reply) =>
    answer(request, reply, serviceProviderConfig(base)),
  );
  for (const [path, all] of Object.entries(lists)) {
    scope.get(path, { config }, (request, reply) =>
      answer(request, reply, listBody(all, all.length, 1, all.length)),
    );
    scope.get(`${path}/:id`, { config }, (request, reply) =>
      answer(request, reply, withId(all, idOf(request))),
    );
  }
}

function registerResources(
  scope: FastifyInstance,
  edge: Edge,
  deps: ApiDeps,
  { path, resources }: { readonly path: string; readonly resources: ScimResources },
): void {
  const options = { config, bodyLimit: maxScimBodyBytes };
  const list = async (caller: ScimCaller, asked: Asked, reply: FastifyReply) => {
    const { items, total } = await resources.list(caller, asked);
    const shown = items.map((item) => project(item, asked.projection));
    return send(reply, 200, listBody(shown, total, asked.startIndex, shown.length));
  };
  // Some clients write a slash before the question mark.
  for (const url of [path, `${path}/`])
    scope.get(url, options, async (request, reply) =>
      list(await identify(edge, deps, request), askedBy(request), reply),
    );
  scope.post(`${path}/.search`, options, async (request, reply) =>
    list(await identify(edge, deps, request), readSearch(bodyOf(request)), reply),
  );
  scope.post(path, options, async (request, reply) => {
    const caller = await identify(edge, deps, request);
    const resource = await resources.create(caller, bodyOf(request));
    return sendResource(request, reply, 201, resource);
  });
  scope.get(`${path}/:id`, options, async (request, reply) => {
    const caller = await identify(edge, deps, request);
    const resource = await resources.get(caller, idOf(request), askedBy(request));
    const unchanged = request.headers['if-none-match'];
    if (unchanged !== undefined && isNamed(unchanged, ownVersion(resource)))
      return reply.code(304).header('etag', ownVersion(resource)).send();
    return sendResource(request, reply, 200, resource);
  });
  scope.put(`${path}/:id`, options, async (request, reply) => {
    const caller = await identify(edge, deps, request);
    const resource = await resources.replace(caller, idOf(request), bodyOf(request), refuseUnless(request));
    return sendResource(request, reply, 200, resource);
  });
  scope.patch(`${path}/:id`, options, async (request, reply) => {
    const caller = await identify(edge, deps, request);
    const resource = await resources.patch(caller, idOf(request), bodyOf(request), refuseUnless(request));
    return sendResource(request, reply, 200, resource);
  });
  scope.delete(`${path}/:id`, options, async (request, reply) => {
    const caller = await identify(edge, deps, request);
    await resources.remove(caller, idOf(request), refuseUnless(request));
    return reply.code(204).send();
  });
}

const idOf = ({ params }: FastifyRequest): string => {
  const { id } = params as { readonly id: string };
  // PostgreSQL refuses NUL, and no id holds what cannot be seen.
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : '';
};

const askedBy = ({ url }: FastifyRequest): Asked => readQueryText(url.slice(pathOf(url).length + 1));

/** @throws Problem unsupported_media_type, invalid_request */
function bodyOf(request: FastifyRequest): unknown {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== mediaType && type !== 'application/json')
    throw new Problem('unsupported_media_type', `send ${mediaType}`);
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new Problem('invalid_request', 'the body is missing');
  return parseJson(request.body);
}

/** RFC 9110 13.1.1 */
const refuseUnless =
  ({ headers }: FastifyRequest): Refuse =>
  (resource) => {
    const wanted = headers['if-match'];
    if (wanted !== undefined && !isNamed(wanted, ownVersion(resource)))
      throw new Problem('precondition_failed');
  };

const listBody = (
  resources: readonly JsonObject[],
  total: number,
  startIndex: number,
  itemsPerPage: number,
): JsonObject => ({
  schemas: [listSchema],
  totalResults: total,
  startIndex,
  itemsPerPage,
  Resources: resources,
});

const send = (reply: FastifyReply, status: number, body: JsonObject): FastifyReply =>
  reply.code(status).type(`${mediaType}; charset=utf-8`).send(JSON.stringify(body));

function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  resource: JsonObject,
): FastifyReply {
  const { meta } = resource as { readonly meta?: { readonly location?: string } };
  if (status === 201 && meta?.location !== undefined) reply.header('location', meta.location);
  reply.header('etag', ownVersion(resource));
  return send(reply, status, project(resource, askedBy(request).projection));
}

function refuse(edge: Edge, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ScimError) return answer(reply, error);
  const refusal = toRefusal(error);
  request.problemCode = refusal.code;
  if (refusal.code === 'internal_error')
    edge.log.error({ request_id: request.id, route: 'scim', err: error }, 'defect while answering a request');
  if (refusal.code === 'unauthorized') {
    try {
      edge.limits.countFailure(request.ip);
    } catch (tooMany) {
      return answer(reply.headers(refusalHeaders(toRefusal(tooMany))), fromRefusal(toRefusal(tooMany)));
    }
  }
  return answer(reply.headers(refusalHeaders(refusal)), fromRefusal(refusal));
}

const answer = (reply: FastifyReply, { status, message, scimType }: ScimError): FastifyReply =>
  send(reply, status, errorBody(status, message, scimType));
