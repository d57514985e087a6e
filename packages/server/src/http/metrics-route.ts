// /metrics for Prometheus: on a listener of its own when one is configured, else for callers on this machine only.
import type { RequestListener } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '#platform/metrics.ts';
import { Problem } from '#platform/problem.ts';

export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', { config: { name: 'metrics', limit: 'open', quiet: true } }, async (request, reply) => {
    if (!isFromThisMachine(request)) throw new Problem('route_unknown');
    return reply.type(metrics.contentType).send(await metrics.render());
  });
}

/**
 * A forwarded call comes from a proxy on this machine, but not from this machine. A proxy that adds no header and asks for
 * `localhost` cannot be told apart (docs/guide/operations.md).
 */
function isFromThisMachine({ socket, headers, raw }: FastifyRequest): boolean {
  // Programs of this age are proxies that were not told otherwise.
  if (raw.httpVersion === '1.0') return false;
  if (Object.keys(headers).some((name) => forwardingHeader.test(name))) return false;
  const address = socket.remoteAddress ?? '';
  return (address === '::1' || /^(::ffff:)?127\./.test(address)) && loopbackHost.test(headers.host ?? '');
}

const forwardingHeader = /^(?:via|forwarded|x-forwarded|x-forwarded-.*|x-real-ip)$/;
const loopbackHost = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

/** Answers nothing but GET /metrics: for the listener that only the monitoring can reach. */
export function metricsListener(metrics: Metrics): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.render().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
