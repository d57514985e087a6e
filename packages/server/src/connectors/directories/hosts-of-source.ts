// The servers of a directory, each with its connections and its circuit breaker, and the choice between them: one that is down is left
// alone until somebody tried it in the background; where there is no other, whoever comes first tries.
import type { DirectoryHost, DirectorySettings } from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { type Breaker, type BreakerState, createBreaker } from './breaker.ts';
import { HostFailure } from './failure.ts';
import type { FindAddresses } from './host-addresses.ts';
import { connectHost, type HostConnections } from './host-session.ts';
import { createTrust, type Way } from './open-stream.ts';
import { createRemembered } from './remembered.ts';
import { discoverHosts } from './service-records.ts';

export interface SourceDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly findAddresses: FindAddresses;
  /** Told whenever a server is given up or taken up again, and why. */
  readonly breakerChanged: (
    settings: DirectorySettings,
    host: string,
    state: BreakerState,
    reason: string,
  ) => void;
  /** Told of servers that are asked no more, because the settings changed. */
  readonly hostReleased: (settings: DirectorySettings, host: string) => void;
  /** Name servers (`address:port`) instead of the system's. */
  readonly nameServers?: readonly string[];
}

export interface Host {
  readonly label: string;
  readonly breaker: Breaker;
  readonly connections: HostConnections;
}

export interface HostsOfSource {
  /** In the order in which they are to be asked. @throws HostFailure when the name servers know none */
  inOrder(signal: AbortSignal): Promise<readonly Host[]>;
  /** Everyone asked so far. */
  all(): readonly Host[];
}

/** How long it is remembered who the servers of a domain are. */
const rememberMs = 60_000;

export const hostLabel = ({ host, port }: DirectoryHost): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** @throws DirectoryUnavailable when the settings cannot be used at all */
export function openHosts(deps: SourceDeps, settings: DirectorySettings): HostsOfSource {
  const { clock } = deps;
  const way = wayOf(deps, settings);
  const hosts = new Map<string, Host>();
  const remembered = createRemembered(clock);
  /** Better than none, while the name servers are down. */
  let lastFound: readonly DirectoryHost[] | undefined;

  const hostOf = (at: DirectoryHost): Host => {
    const label = hostLabel(at);
    const known = hosts.get(label);
    if (known) return known;
    const breaker = createBreaker(clock, (state) =>
      deps.breakerChanged(settings, label, state, breaker.reason()),
    );
    const made = { label, breaker, connections: connectHost(clock, settings, at, way) };
    hosts.set(label, made);
    return made;
  };
  const discover = async (signal: AbortSignal): Promise<readonly DirectoryHost[]> => {
    try {
      lastFound = await remembered.get('hosts', rememberMs, () => discoverHosts(settings, deps, signal));
      return lastFound;
    } catch (error) {
      if (lastFound && error instanceof HostFailure) return lastFound;
      throw error;
    }
  };
  return {
    async inOrder(signal) {
      const named = settings.hosts.length > 0 ? settings.hosts : await discover(signal);
      return named.map(hostOf);
    },
    all: () => [...hosts.values()],
  };
}

interface Choice {
  readonly now: readonly Host[];
  /** Why the others are not asked. */
  readonly passedOver: readonly string[];
}

export function chooseHosts(hosts: readonly Host[], tryInBackground: (host: Host) => void): Choice {
  const now = hosts.filter(({ breaker }) => breaker.state() === 'closed');
  for (const host of hosts) {
    if (!host.breaker.takeTry()) continue;
    if (now.length > 0) tryInBackground(host);
    else now.push(host);
  }
  const passedOver = hosts
    .filter((host) => !now.includes(host))
    .map(({ label, breaker }) => {
      const left = Math.ceil(breaker.remainingMs() / 1000);
      return `${label}: passed over${left > 0 ? ` for ${left} s more` : ''} because ${breaker.reason()}`;
    });
  return { now, passedOver };
}

/** @throws DirectoryUnavailable when the certificate authority of the settings is none */
export function wayOf(
  { findAddresses }: Pick<SourceDeps, 'findAddresses'>,
  { transport, ca, timeouts }: DirectorySettings,
): Way {
  try {
    return { transport, trust: createTrust(ca), connectMs: timeouts.connect_ms, findAddresses };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new DirectoryUnavailable(`the certificate of the user source’s authority cannot be used: ${why}`);
  }
}
