// The composition root of a RADIUS proxy at another site: no database, no data directory, no master key. The door, the codec and the home
// servers are those of the server; the engine asks the server instead.
import { readFileSync } from 'node:fs';
import { type FollowExchanges, followExchanges } from '#connectors/home-servers/follow-exchanges.ts';
import { connectHomeServers } from '#connectors/home-servers/home-servers.ts';
import { tellExchanges } from '#connectors/home-servers/tell-exchanges.ts';
import { createLoginFailures, failureLimits } from '#core/throttles/login-failures.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { fixedClientDirectory } from '#gateways/radius/client-directory.ts';
import { listenOnEach } from '#gateways/radius/listen-on-each.ts';
import { createRadiusGateway } from '#gateways/radius/radius-gateway.ts';
import { tellPackets } from '#gateways/radius/tell-packets.ts';
import { createListeners, ListenError } from '#http/listeners.ts';
import { systemClock } from '#platform/clock.ts';
import { StartError } from '#platform/data-directory.ts';
import { isLoopback, type ListenAddress } from '#platform/environment.ts';
import { createLifecycle, type Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { createSampledLines } from '#platform/sampled-lines.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { createPollPlaces } from '#remote/await-answer.ts';
import { createGrace, type Grace } from '#remote/grace.ts';
import { healthListener, isReady, type ProxyStatus } from '#remote/health-endpoint.ts';
import { createHttpCaller } from '#remote/http-call.ts';
import { createNumberConversations } from '#remote/number-conversations.ts';
import type { ProxyConfig } from '#remote/proxy-config.ts';
import { createRemoteEngine, mostLogins } from '#remote/remote-engine.ts';
import { createServerApi, type ServerApi } from '#remote/server-api.ts';
import { createServerLink, type LinkStatus, type ServerLink } from '#remote/server-link.ts';
import { messageOf, remedyOf } from '#remote/status-message.ts';

/** How long answers of the health endpoint under way may take at the end. */
const healthGraceMs = 1000;

export interface RunningProxy {
  /** Really bound, also where port 0 was asked for. */
  readonly addresses: {
    readonly health: readonly ListenAddress[];
    readonly radius: readonly ListenAddress[];
  };
  status(): ProxyStatus;
  /** Lets pending logins finish or expire, takes no new ones, then closes everything. */
  stop(): Promise<void>;
}

/** Runs on when the server cannot be reached or refuses: the status says so, and it is asked again and again. @throws StartError */
export async function startProxy(config: ProxyConfig, log: Log): Promise<RunningProxy> {
  const lifecycle = createLifecycle();
  const failed = (name: string, error: unknown) =>
    log.error({ part: name, err: error }, 'a part could not be stopped');
  try {
    const running = await startParts(config, log, lifecycle);
    return { ...running, stop: () => lifecycle.stop(failed) };
  } catch (error) {
    await lifecycle.stop(failed);
    throw error;
  }
}

interface Parts {
  readonly config: ProxyConfig;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly api: ServerApi;
  readonly link: ServerLink;
  readonly grace: Grace;
  readonly status: () => ProxyStatus;
  readonly exchanges: FollowExchanges;
}

async function startParts(
  config: ProxyConfig,
  log: Log,
  lifecycle: Lifecycle,
): Promise<Omit<RunningProxy, 'stop'>> {
  const metrics = createMetrics({ process: true });
  let draining = false;
  const { api, link, grace } = connectServer(config, { log, metrics, lifecycle });
  const exchanges = followExchanges(
    { clock: systemClock },
    config.clients.flatMap((client) => client.homeServers),
  );
  const status = (): ProxyStatus => ({
    link: link.status(),
    grace: grace.status(),
    draining,
    homeServers: exchanges.states(),
  });
  const parts: Parts = { config, log, metrics, api, link, grace, status, exchanges };
  if (config.serverUrl.startsWith('http:') && !isLoopback(config.serverUrl))
    log.warn(
      'the server is asked over http: whoever is on the way decides who gets in (COUNTERSIGN_ALLOW_HTTP)',
    );

  const health = await startHealth(parts, lifecycle);
  await link.start();
  lifecycle.onStop('link', () => link.stop());
  const radius = await startRadius(parts, lifecycle, () => !draining);
  lifecycle.onStop('draining', () => {
    draining = true;
  });
  return { addresses: { health, radius }, status };
}

function connectServer(
  config: ProxyConfig,
  { log, metrics, lifecycle }: { log: Log; metrics: Metrics; lifecycle: Lifecycle },
) {
  const caller = createHttpCaller({ baseUrl: config.serverUrl, ca: readCa(config.serverCaFile) });
  lifecycle.onStop('connections to the server', () => caller.close());
  const api = createServerApi({
    ...config,
    caller,
    clock: systemClock,
    heard: (call, result) => {
      metrics.countersign_server_calls_total.inc({ call, result: result.kind });
      link.heard(result);
      if (call === 'application' && result.kind === 'done') void grace.report();
    },
  });
  const link: ServerLink = createServerLink({
    clock: systemClock,
    random: systemRandom,
    checkMs: config.checkSeconds * 1000,
    askApplication: () => api.application(),
    changed: (now) => {
      tellStatus(log, now);
      metrics.countersign_dependency_up.set({ dependency: 'server' }, now.state.kind === 'ok' ? 1 : 0);
    },
  });
  const grace = createGrace({ clock: systemClock, random: systemRandom, log, metrics, link, api });
  lifecycle.onStop('report', async () => {
    await grace.report();
    const { unreported } = grace.status();
    if (unreported > 0)
      log.error(
        { unreported },
        'logins let in without the server were never reported to it; this log alone has them',
      );
  });
  return { api, link, grace };
}

function tellStatus(log: Log, { state }: LinkStatus): void {
  const message = messageOf(state);
  if (state.kind === 'ok') log.info({ status: state.kind }, message);
  else log.error({ status: state.kind, cause: state.cause, remedy: remedyOf(state) }, message);
}

function readCa(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    throw new StartError(
      `The file ${file} (COUNTERSIGN_SERVER_CA_FILE) cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  throw new StartError(`The file ${file} (COUNTERSIGN_SERVER_CA_FILE) holds no certificate in PEM.`);
}

async function startHealth(
  { config, metrics, status }: Parts,
  lifecycle: Lifecycle,
): Promise<readonly ListenAddress[]> {
  const listeners = createListeners(healthListener(status, metrics), {});
  lifecycle.onStop('health endpoint', () => listeners.stop(healthGraceMs));
  try {
    return await listeners.start(config.healthListen);
  } catch (error) {
    if (error instanceof ListenError)
      throw new StartError(`${error.message} Choose another address with COUNTERSIGN_HEALTH_LISTEN.`);
    throw error;
  }
}

async function startRadius(
  { config, log, metrics, api, link, grace, status, exchanges }: Parts,
  lifecycle: Lifecycle,
  acceptsLogins: () => boolean,
): Promise<readonly ListenAddress[]> {
  const base = { clock: systemClock, random: systemRandom };
  const lines = createSampledLines({ log, clock: systemClock }, (kind) =>
    metrics.countersign_log_lines_left_out_total.inc({ kind }),
  );
  lifecycle.onStop('the last summary of the log', async () => lines.stop());
  const tell = tellExchanges({ metrics, lines });
  const homeServers = connectHomeServers({
    ...base,
    // Seals only the State of conversations that a home server begins; a restart ends those.
    vault: createVault(systemRandom.bytes(32), systemRandom),
    observe(...told) {
      tell(...told);
      exchanges.observe(...told);
    },
  });
  lifecycle.onStop('home servers', () => homeServers.close());
  const perMinute = (rate: number, least: number) =>
    createThrottle(systemClock, { burst: Math.max(least, Math.ceil(rate / 3)), perMinute: rate });
  const gateway = createRadiusGateway({
    ...base,
    ...tellPackets({ log, metrics, lines, room: `a proxy takes ${mostLogins} at most` }),
    metrics,
    engine: createRemoteEngine({
      ...base,
      api,
      link,
      grace,
      acceptsLogins,
      polls: createPollPlaces(),
      conversations: createNumberConversations(base),
      throttles: {
        failures: createLoginFailures(systemClock, failureLimits(config)),
        source: perMinute(config.loginsPerSource, 10),
        user: perMinute(config.loginsPerUser, 5),
      },
    }),
    clients: fixedClientDirectory(config.clients),
    checkByHomeServers: (proxied) => homeServers.check(proxied),
    ready: () => isReady(status()),
    // As many as the engine takes, so that the door's fair shares are shares of these.
    loginsAtOnce: mostLogins,
  });
  lifecycle.onStop('RADIUS', () => gateway.stop(config.shutdownSeconds * 1000));
  return listenOnEach(gateway, config.radiusListen, log);
}
