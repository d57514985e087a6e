// Binds a route of the contract to its handler: who calls, what it brings, what goes back, all by the route's own declaration.
import { problemKinds } from '@countersign/contract/problems.ts';
import { mayRole } from '@countersign/contract/roles.ts';
import { commonProblems, type Route, unattendedHeader } from '@countersign/contract/route.ts';
import type { RouteName, routes } from '@countersign/contract/routes.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AuthenticatedDevice, NewKey } from '#core/devices/authenticate-device.ts';
import { Problem } from '#platform/problem.ts';
import { bearerToken } from './bearer-token.ts';
import type { AdministeringCaller, AdministratorCaller, ApiClientCaller, ProofCall } from './callers.ts';
import { maxBodyBytes, maxDeviceBodyBytes } from './create-app.ts';
import type { Edge } from './edge.ts';
import { enterWait } from './enter-wait.ts';
import { type Input, readInput } from './read-input.ts';
import { pathOf } from './request-target.ts';
import { type SessionCookie, sessionCookie } from './session-cookie.ts';

export type CallerOf<R extends Route> = R['caller'] extends { kind: 'api_client' }
  ? AdministeringCaller
  : R['caller'] extends { kind: 'administrator' }
    ? AdministratorCaller
    : R['caller'] extends { kind: 'device' }
      ? AuthenticatedDevice
      : R['caller'] extends { kind: 'new_device' }
        ? NewKey
        : undefined;

/** The browser in which an administrator signs in. */
export interface Browser {
  readonly address: string;
  readonly userAgent: string;
  /** The session's token, on the routes that begin, continue and end sessions; undefined when there is none. */
  readonly token: string | undefined;
  /** Gives the browser another token. */
  remember(token: string): void;
  forget(): void;
}

export interface Call<R extends Route> extends Input<R> {
  readonly caller: CallerOf<R>;
  /** Fires when the caller goes away or the server stops: a waiting call then answers with what it has. */
  readonly signal: AbortSignal;
  /** The Authorization header, for the token endpoint. */
  readonly authorization: string | undefined;
  readonly browser: Browser;
  /** For what goes on for a while: whether whoever administers would be let in again. */
  readonly isStillAdmitted: () => Promise<boolean>;
}

type Success<R extends Route> = R['success']['body'] extends z.ZodType
  ? z.input<R['success']['body']>
  : undefined;

interface File {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What a browser keeps as a file. */
export interface Attachment {
  /** Of the file: letters, digits, dots and hyphens. */
  readonly name: string;
  readonly content: NodeJS.ReadableStream;
}

/** Returns the body of the success; where that is no JSON, text or bytes or a stream of them, or a file. */
export type Handler<R extends Route> = (
  call: Call<R>,
) => Promise<
  R['success'] extends { files: object }
    ? File
    : R['success'] extends { attachment: true }
      ? Attachment
      : R['success'] extends { type: string }
        ? string | Uint8Array | NodeJS.ReadableStream
        : Success<R>
>;

/** One handler for each route of the contract. */
export type Handlers = { readonly [Name in RouteName]: Handler<(typeof routes)[Name]> };

export function registerRoute<R extends Route>(
  app: FastifyInstance,
  edge: Edge,
  name: string,
  route: R,
  handler: Handler<R>,
): void {
  const cookie = sessionCookie(edge.publicUrl);
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: bodyLimitOf(route),
    ...(route.file?.large && { preParsing: admitLarge({ edge, cookie }, route) }),
    config: {
      name,
      problems: [...commonProblems(route), ...route.problems],
      limit: limitFor(route),
      oauthErrors: route.bodyType !== undefined,
      // Devices ask again and again; only what goes wrong is news.
      quiet: (route.caller.kind === 'device' || route.caller.kind === 'new_device') && route.method === 'GET',
    },
    handler: async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : undefined;
      checkBodyType(route, request, body);
      const browser = browserOf(cookie, route, request, reply);
      const caller = await identify({ edge, cookie }, route, request, body);
      const queryText = request.url.slice(pathOf(request.url).length + 1);
      const signal = edge.waits.signalFor(reply.raw);
      const authorization = request.headers.authorization;
      const isStillAdmitted = () =>
        identify({ edge, cookie, isAgain: true }, route, request, body).then(
          () => true,
          () => false,
        );
      const known = { caller: caller as CallerOf<R>, browser, isStillAdmitted };
      try {
        const input = readInput(route, { params: request.params, queryText, body });
        const result = await handler({ ...input, ...known, signal, authorization });
        return await sendSuccess(route, reply, result);
      } catch (error) {
        await tellRefused(edge, { name, route, caller }, error);
        throw error;
      }
    },
  });
}

/** Not what may be read or is there, but what was brought. */
const aboutInput: ReadonlySet<number> = new Set([400, 413, 422]);

interface Called {
  readonly name: string;
  readonly route: Route;
  readonly caller: Awaited<ReturnType<typeof identify>>;
}

async function tellRefused(edge: Edge, { name, route, caller }: Called, error: unknown): Promise<void> {
  if (route.method === 'GET' || !caller || !('kind' in caller)) return;
  if (!(error instanceof Problem) || !aboutInput.has(problemKinds[error.code].status)) return;
  const { kind, id, applicationId } = caller;
  const fields = error.fields.map(({ field }) => field);
  await edge.refusedInput({
    actor: { kind, id },
    applicationId,
    operation: name,
    reason: error.code,
    fields,
  });
}

/** Before any of a large file is read: it is held in memory, so not for anybody, and not many of them. */
const admitLarge =
  (door: Doorway, route: Route) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<undefined> => {
    await identify(door, route, request, undefined);
    reply.raw.once('close', enterWait(door.edge, { kind: 'upload', id: 'all' }));
  };

/** Bytes that a body may have. */
export function bodyLimitOf(route: Route): number {
  if (route.file) return route.file.maxBytes;
  return isDeviceRoute(route) ? maxDeviceBodyBytes : maxBodyBytes;
}

const isDeviceRoute = (route: Route): boolean =>
  route.path.startsWith('/v1/device/') || route.path === '/v1/device';

/** Public calls that bring a body try a secret; the others that are public only read. */
function limitFor({ caller, method }: Route): 'open' | 'guarded' | 'none' {
  if (caller.kind === 'new_device') return method === 'GET' ? 'open' : 'guarded';
  if (caller.kind !== 'public') return 'none';
  return method === 'GET' ? 'open' : 'guarded';
}

function checkBodyType(route: Route, request: FastifyRequest, body: Buffer | undefined): void {
  if (body === undefined) {
    const announced = request.headers['transfer-encoding'] ?? request.headers['content-length'] ?? '0';
    // GET and DELETE: the framework leaves their bodies unread.
    if (announced !== '0') throw new Problem('invalid_request', 'this call takes no body');
    return;
  }
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const wanted = route.file?.types ?? [route.bodyType ?? 'application/json'];
  if (body.length > 0 && !wanted.some((each) => each === type))
    throw new Problem('unsupported_media_type', `send ${wanted.join(' or ')}`);
}

/** Routes that begin, continue and end sessions: they meet the cookie themselves, and no other site may call them. */
const isSessionRoute = ({ path }: Route): boolean =>
  path === '/v1/session' || path.startsWith('/v1/session/') || isSetupRoute(path);

const isSetupRoute = (path: string): boolean => path === '/v1/setup' || path.startsWith('/v1/setup/');

function browserOf(
  cookie: SessionCookie,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Browser {
  const isOwn = isSessionRoute(route);
  if (isOwn) cookie.refuseOtherSites(request);
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    token: isOwn ? cookie.read(request) : undefined,
    remember: (token) => cookie.write(reply, token),
    forget: () => cookie.clear(reply),
  };
}

interface Doorway {
  readonly edge: Edge;
  readonly cookie: SessionCookie;
  /** The call goes on and is looked at once more: it counts no second time, and keeps no session from idling. */
  readonly isAgain?: true;
}

async function identify(
  door: Doorway,
  route: Route,
  request: FastifyRequest,
  body: Buffer | undefined,
): Promise<AdministeringCaller | AuthenticatedDevice | NewKey | undefined> {
  const { edge } = door;
  switch (route.caller.kind) {
    case 'public':
      return undefined;
    case 'api_client': {
      const token = door.cookie.read(request);
      if (token !== undefined)
        return admitAdministrator(route, await findAdministrator(door, route, request, token));
      const client = await findClient(door, request);
      if (!client.scopes.includes(route.caller.scope))
        throw new Problem('forbidden', `the access token lacks the scope ${route.caller.scope}`);
      return client;
    }
    case 'administrator':
      return admitAdministrator(
        route,
        await findAdministrator(door, route, request, door.cookie.read(request)),
      );
    case 'device':
      return edge.callers.authenticateDevice(proofOf(edge, request, body), (id) => {
        request.callerId = id;
        edge.limits.takeCaller('device', id);
      });
    case 'new_device':
      return edge.callers.authenticateNewKey(proofOf(edge, request, body));
  }
}

/** Whether somebody is behind the call, and not a page that follows by itself. */
const isAttended = (route: Route, { headers }: FastifyRequest): boolean =>
  route.follows !== true && headers[unattendedHeader] === undefined;

async function findAdministrator(
  { edge, isAgain }: Doorway,
  route: Route,
  request: FastifyRequest,
  token: string | undefined,
): Promise<AdministratorCaller> {
  const keepsAlive = isAgain !== true && isAttended(route, request);
  const administrator =
    token === undefined ? undefined : await edge.callers.findAdministrator(token, keepsAlive);
  if (!administrator) throw new Problem('unauthorized');
  request.callerId = administrator.id;
  if (!isAgain) edge.limits.takeCaller('administrator', administrator.id);
  return administrator;
}

/** @throws Problem second_factor_missing, forbidden, step_up_required */
function admitAdministrator(route: Route, administrator: AdministratorCaller): AdministratorCaller {
  const { caller, method, stepUp } = route;
  if (administrator.mustEnrol && !isSessionRoute(route)) throw new Problem('second_factor_missing');
  const does = method === 'GET' ? 'reads' : 'changes';
  if (caller.kind === 'api_client' && !mayRole(administrator.role, caller.scope, does))
    throw new Problem('forbidden', `the role ${administrator.role} does not allow it`);
  if (stepUp && !administrator.isVerified) throw new Problem('step_up_required');
  return administrator;
}

async function findClient({ edge, isAgain }: Doorway, request: FastifyRequest): Promise<ApiClientCaller> {
  const token = bearerToken(request);
  const client = token === undefined ? undefined : await edge.callers.findApiClient(token);
  if (!client) throw new Problem('unauthorized');
  request.callerId = client.id;
  if (!isAgain) edge.limits.takeCaller('api_client', client.id);
  return client;
}

function proofOf(edge: Edge, request: FastifyRequest, body: Buffer | undefined): ProofCall {
  // Two such headers come joined by a comma, which no proof contains.
  const { dpop } = request.headers;
  return {
    header: typeof dpop === 'string' ? dpop : undefined,
    method: request.method,
    url: edge.publicUrl + pathOf(request.url),
    body: body === undefined || body.length === 0 ? undefined : body,
    source: request.ip,
  };
}

function sendSuccess(route: Route, reply: FastifyReply, result: unknown): FastifyReply {
  const { status, body, type, files, attachment } = route.success;
  reply.code(status);
  if (attachment) {
    const { name, content } = result as Attachment;
    return reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type(type ?? 'application/octet-stream')
      .send(content);
  }
  if (body === null) return reply.send();
  if (files) return sendFile(reply, result as File);
  if (type !== undefined) return reply.type(type).send(result);
  // Through the schema, so that nothing leaves that is not declared.
  return reply.type('application/json').send(JSON.stringify(body.parse(result)));
}

/** Bytes that somebody else chose: shown where a page of ours asks for them, and by themselves nothing but a picture. */
const fileHeaders = {
  'content-security-policy': "default-src 'none'; sandbox",
  'cache-control': 'public, max-age=31536000, immutable',
};

const sendFile = (reply: FastifyReply, { type, bytes }: File): FastifyReply =>
  reply.headers(fileHeaders).type(type).send(bytes);
