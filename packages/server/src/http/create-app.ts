// The web framework, set up the way every route needs it: request ids, headers, limits, bodies as bytes, errors as problems.
import cookies from '@fastify/cookie';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { imageTypes } from '@countersign/contract/images.ts';
import type { ProblemCode } from '@countersign/contract/problems.ts';
import { problemKinds } from '@countersign/contract/problems.ts';
import { userFileTypes } from '@countersign/contract/user-files.ts';
import { uuid4 } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { Edge } from './edge.ts';
import { socketLimits } from './listeners.ts';
import {
  oauthError,
  problemDocument,
  problemType,
  type Refusal,
  refusalHeaders,
  toRefusal,
} from './problem-document.ts';
import { logRequests, warnOfUnlistedProxy } from './request-log.ts';
import { toOriginForm, unreadableTarget } from './request-target.ts';
import { securityHeaders } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the route in the contract, or of the page. */
    name?: string;
    /** What the route may be refused with; undefined = not part of the contract. */
    problems?: readonly ProblemCode[];
    /** Which limit counts per source address before anything else; `none` for calls that are counted by caller. */
    limit?: 'open' | 'guarded' | 'none';
    /** Errors in the form of RFC 6749 5.2 where it has a code for them. */
    oauthErrors?: boolean;
    /** The query brings a whole message; the header's limit is the URL's. */
    longUrl?: boolean;
    /** Answers that went well are logged at level debug. */
    quiet?: boolean;
  }
  interface FastifyRequest {
    callerId: string | null;
    problemCode: ProblemCode | null;
  }
}

/** Bytes of a body, unless a route says less. */
export const maxBodyBytes = 65_536;
/** Bytes of a body of the device protocol (its section 7). */
export const maxDeviceBodyBytes = 16_384;
const maxUrlLength = 4096;
/** Longer than any URL that gets in: the schemas bound the parameters, and the framework would answer before any hook has run. */
const maxParamLength = socketLimits.maxHeaderBytes;

export async function createApp(edge: Edge): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    trustProxy: edge.trustedProxies.length === 0 ? false : [...edge.trustedProxies],
    genReqId: () => uuid4(edge.random),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength, caseSensitive: true, ignoreTrailingSlash: false },
    rewriteUrl: ({ url = '' }) => toOriginForm(url),
    // Nothing should get here: what does has passed no hook.
    frameworkErrors: (error, request, reply) => {
      describeAnswer(request, reply);
      void answerError(edge, error, request, reply);
    },
  });
  app.decorateRequest('callerId', null);
  app.decorateRequest('problemCode', null);
  // First, so that every answer is logged, also one that a later hook gives.
  logRequests(app, edge);
  warnOfUnlistedProxy(app, edge);
  app.addHook('onRequest', async (request, reply) => describeAnswer(request, reply));
  await app.register(helmet, securityHeaders(edge.publicUrl));
  await app.register(cookies);
  app.addHook('onRequest', async (request) => admit(edge, request));
  app.addHook('onSend', async (_request, reply) => {
    if (edge.isStopping()) reply.header('connection', 'close');
  });
  readBodiesAsBytes(app);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(edge, error, request, reply));
  app.setNotFoundHandler((request, reply) => answerError(edge, new Problem('route_unknown'), request, reply));
  return app;
}

function describeAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
}

/** Turns away before a body is read what must not be worked on. */
function admit(edge: Edge, request: FastifyRequest): void {
  if (edge.isStopping()) throw new Problem('shutting_down');
  const { limit = 'open', longUrl = false } = request.routeOptions.config;
  if (limit !== 'none') edge.limits.takeSource(limit, request.ip);
  if (request.url === unreadableTarget) throw new Problem('invalid_request', 'the URL cannot be decoded');
  if (!longUrl && request.url.length > maxUrlLength)
    throw new Problem('invalid_request', 'the URL is too long');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Problem('unsupported_media_type', 'send the body without Content-Encoding');
}

/** Routes parse bodies themselves: who calls is checked over the exact bytes, and only then is anything read from them. */
function readBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const types = new Set([
    'application/json',
    'application/x-www-form-urlencoded',
    ...imageTypes,
    ...userFileTypes,
  ]);
  for (const type of types)
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

const countedAsFailure: readonly ProblemCode[] = [
  'unauthorized',
  'invalid_client',
  'proof_invalid',
  'ticket_unknown',
  'setup_link_invalid',
  'sign_in_refused',
];

function answerError(edge: Edge, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = slowFailures(edge, toRefusal(error), request);
  const { config } = request.routeOptions;
  request.problemCode = refusal.code;
  logDefects(edge, error, refusal, request);
  reply.code(problemKinds[refusal.code].status).headers(refusalHeaders(refusal));
  const oauth = config.oauthErrors === true ? oauthError(refusal) : undefined;
  if (oauth) return reply.type('application/json').send(JSON.stringify(oauth));
  const document = problemDocument(refusal, {
    publicUrl: edge.publicUrl,
    requestId: request.id,
    now: edge.clock.now(),
  });
  return reply.type(problemType).send(JSON.stringify(document));
}

/** Whoever fails too often learns only that. */
function slowFailures(edge: Edge, refusal: Refusal, { ip }: FastifyRequest): Refusal {
  if (!countedAsFailure.includes(refusal.code)) return refusal;
  try {
    edge.limits.countFailure(ip);
    return refusal;
  } catch (error) {
    return toRefusal(error);
  }
}

const unavailable = {
  name: 'http unavailable',
  level: 'error',
  words: 'a dependency is unavailable',
} as const;

function logDefects(edge: Edge, error: unknown, { code }: Refusal, request: FastifyRequest): void {
  const where = { request_id: request.id, route: request.routeOptions.config.name };
  if (code === 'internal_error') edge.log.error({ ...where, err: error }, 'defect while answering a request');
  else if (code === 'unavailable')
    edge.lines.write(unavailable, where.route ?? 'none', () => ({ ...where, err: error }));
  const { problems } = request.routeOptions.config;
  if (problems && !problems.includes(code))
    edge.log.error({ ...where, undeclared: code }, 'the route does not declare this problem');
}
