// The HTTP door as a whole: the framework with every route and page, its listeners, and stopping in order.
import type { FastifyInstance } from 'fastify';
import type { Edge } from './edge.ts';
import { createApp } from './create-app.ts';
import { createHealth, type Dependency, registerHealth } from './health.ts';
import { createListeners, type ListenAddress, type SocketLimits, type Tls } from './listeners.ts';
import { metricsListener, registerMetrics } from './metrics-route.ts';
import { createRateLimits } from './rate-limits.ts';
import { trustedAddresses } from './trusted-addresses.ts';
import { createWaitingCalls } from './waiting-calls.ts';

export interface HttpServerDeps extends Omit<Edge, 'limits' | 'waits' | 'isStopping'> {
  /** What `/health/ready` asks. */
  readonly dependencies: readonly Dependency[];
  /** What `/health/live` tells the installation by. */
  readonly installationDigest: string;
  readonly tls?: Tls | undefined;
  readonly socketLimits?: SocketLimits | undefined;
}

export interface HttpServer {
  /** @returns the addresses really listened on. @throws ListenError */
  start(listen: readonly ListenAddress[]): Promise<readonly ListenAddress[]>;
  /** Serves metrics, and nothing else, on an address of their own. @throws ListenError */
  startMetrics(listen: readonly ListenAddress[]): Promise<readonly ListenAddress[]>;
  /** Turns new calls away, lets waiting calls answer at once and others finish, and cuts what is left after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
  /** For tests without sockets. */
  readonly app: FastifyInstance;
}

/** @param register adds routes and pages. */
export async function createHttpServer(
  deps: HttpServerDeps,
  register: (app: FastifyInstance, edge: Edge) => void,
): Promise<HttpServer> {
  let stopping = false;
  const waits = createWaitingCalls();
  const edge: Edge = { ...deps, limits: createRateLimits(deps), waits, isStopping: () => stopping };
  const app = await createApp(edge);
  registerHealth(app, createHealth(edge, deps.dependencies), deps.installationDigest);
  registerMetrics(app, deps.metrics);
  register(app, edge);
  await app.ready();
  const listeners = createListeners((request, response) => app.routing(request, response), {
    tls: deps.tls,
    limits: deps.socketLimits,
    refused: (cause) => deps.metrics.countersign_http_connections_refused_total.inc({ cause }),
    standsForMany: trustedAddresses(deps.trustedProxies),
  });
  const metricsListeners = createListeners(metricsListener(deps.metrics), { limits: deps.socketLimits });
  return {
    app,
    start: (listen) => listeners.start(listen),
    startMetrics: (listen) => metricsListeners.start(listen),
    async stop(deadlineMs) {
      stopping = true;
      waits.stop();
      await Promise.all([listeners.stop(deadlineMs), metricsListeners.stop(deadlineMs)]);
      await app.close();
    },
  };
}
