// One log line and the metrics for each request: who asked for what and how it ended. No query, no body, no headers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sourceKey } from '#core/throttles/source-key.ts';
import type { Edge } from './edge.ts';
import { pathOf, unreadableTarget } from './request-target.ts';

/** Paths are named by whoever asks; a line stays a line. */
export const maxLoggedUrl = 200;

export function logRequests(app: FastifyInstance, edge: Edge): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply;
    const route = request.routeOptions.config.name ?? 'none';
    edge.metrics.countersign_http_requests_total.inc({ route, status: String(statusCode) });
    edge.metrics.countersign_http_request_seconds.observe({ route }, reply.elapsedTime / 1000);
    if (statusCode === 429) edge.metrics.countersign_http_rate_limited_total.inc({ route });
    tell(edge, request, reply);
    done();
  });
}

const words = 'http request';
const anonymous = { words, perSubject: 30, inAll: 600 } as const;

/** Known callers have a limit of their own, so each of their calls has a line; what strangers do is sampled, and so are failures. */
function tell({ log, lines }: Edge, request: FastifyRequest, reply: FastifyReply): void {
  const level = levelFor(request, reply.statusCode);
  const isKnown = request.callerId !== null && reply.statusCode < 500;
  if (isKnown || level === 'debug') return log[level](describe(request, reply), words);
  const name = `http ${Math.floor(reply.statusCode / 100)}xx`;
  lines.write({ name, level, ...anonymous }, sourceKey(request.ip), () => describe(request, reply));
}

/** Behind a proxy that is not listed everybody has the proxy's address, and its limits: said once, since it is easily missed. */
export function warnOfUnlistedProxy(app: FastifyInstance, { log, trustedProxies }: Edge): void {
  let warned = trustedProxies.length > 0;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true;
      log.warn(
        { proxy: request.ip },
        'X-Forwarded-For is not believed: list the proxy in COUNTERSIGN_TRUSTED_PROXIES, or all callers share its limits',
      );
    }
    done();
  });
}

function describe(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const { url, originalUrl } = request;
  return {
    request_id: request.id,
    method: request.method,
    path: pathOf(url === unreadableTarget ? originalUrl : url).slice(0, maxLoggedUrl),
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime),
    source: request.ip,
    ...(request.callerId === null ? {} : { caller: request.callerId }),
    ...(request.problemCode === null ? {} : { code: request.problemCode }),
  };
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function levelFor(request: FastifyRequest, status: number): Level {
  if (status === 500) return 'error';
  if (status > 500) return 'warn';
  return request.routeOptions.config.quiet === true && status < 400 ? 'debug' : 'info';
}
