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

/** A forwarded call comes from a proxy on this machine, but not from this machine. */
function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  const address = socket.remoteAddress ?? '';
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

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
