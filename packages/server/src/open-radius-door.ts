// Builds the RADIUS door of a server with a database: its clients, its home servers, and the engine of this process behind it.
import { connectHomeServers, type HomeServers } from '#connectors/home-servers/home-servers.ts';
import { tellExchanges } from '#connectors/home-servers/tell-exchanges.ts';
import type { LoginDeps } from '#core/authentication/begin-login.ts';
import { checkPassword } from '#core/authentication/check-password.ts';
import { engineOf } from '#core/authentication/own-engine.ts';
import { loadRadiusClients, radiusConfigurationVersion } from '#core/radius-clients/load-radius-clients.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { createRefusalTimes, mostRefusalMs, usualRefusalMs } from '#core/throttles/refusal-times.ts';
import type { UserSources } from '#core/user-sources/user-sources.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { openClientDirectory } from '#gateways/radius/client-directory.ts';
import { createRadiusGateway, type RadiusGateway } from '#gateways/radius/radius-gateway.ts';
import { tellPackets } from '#gateways/radius/tell-packets.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Random } from '#platform/random.ts';
import type { SampledLines } from '#platform/sampled-lines.ts';
import type { Vault } from '#platform/vault.ts';

export interface RadiusDoorDeps {
  readonly config: Pick<Config, 'loginsAtOnce' | 'shutdownSeconds'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Db;
  readonly vault: Vault;
  readonly auditChain: string;
  readonly passwords: Passwords;
  readonly sources: UserSources;
  readonly metrics: Metrics;
  readonly lines: SampledLines;
  readonly logins: LoginDeps;
}

export interface RadiusDoor {
  readonly gateway: RadiusGateway;
  readonly homeServers: HomeServers;
}

/** What lets logins in by itself is said again whenever it is loaded. */
async function loadAndTell(
  app: Pick<RadiusDoorDeps, 'db' | 'vault' | 'log'>,
): Promise<readonly LoadedRadiusClient[]> {
  const clients = await loadRadiusClients(app);
  for (const { name, relay } of clients)
    if (relay)
      app.log.warn(
        { client: name },
        'this RADIUS client relays: its logins need no second factor and are not recorded',
      );
  return clients;
}

/** @returns the gateway, listening nowhere yet. @throws VaultError, Unavailable */
export async function openRadiusDoor(deps: RadiusDoorDeps, lifecycle: Lifecycle): Promise<RadiusDoor> {
  const { config, db, log } = deps;
  const clients = await openClientDirectory({
    version: () => radiusConfigurationVersion(db.read),
    load: () => loadAndTell(deps),
    failed: (error) => log.error({ err: error }, 'RADIUS clients could not be loaded anew'),
  });
  lifecycle.onStop('RADIUS clients', () => clients.stop());
  const homeServers = connectHomeServers({ ...deps, observe: tellExchanges(deps) });
  lifecycle.onStop('home servers', () => homeServers.close());
  // Where no source is asked, nobody is kept waiting.
  const limits = { leastMs: 0, leastToldMs: usualRefusalMs, mostMs: mostRefusalMs };
  const refusalTimes = createRefusalTimes(deps.clock, limits);
  const checking = { ...deps, refusalTimes };
  const gateway = createRadiusGateway({
    clock: deps.clock,
    random: deps.random,
    engine: engineOf(deps.logins),
    ...tellPackets({ ...deps, room: 'COUNTERSIGN_LOGINS_AT_ONCE' }),
    metrics: deps.metrics,
    loginsAtOnce: config.loginsAtOnce,
    mustDrop: deps.logins.mustDrop,
    clients,
    checkPassword: (login, password, asker) => checkPassword(checking, login, password, asker),
    checkByHomeServers: (proxied) => homeServers.check(proxied),
    ready: deps.logins.acceptsLogins,
  });
  lifecycle.onStop('RADIUS', () => gateway.stop(config.shutdownSeconds * 1000));
  return { gateway, homeServers };
}
