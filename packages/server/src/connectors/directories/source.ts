// A directory in use: its servers in order with their circuit breakers, and what was learned about it. One that is down is left alone
// until somebody tried it in the background; where it is the only one, whoever comes first tries.
import type { DirectoryHost, DirectorySettings } from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { type Breaker, type BreakerState, createBreaker } from './breaker.ts';
import { DirectoryBusy, DirectoryRefused, HostFailure, Interrupted } from './failure.ts';
import type { FindAddresses } from './host-addresses.ts';
import { connectHost, type HostConnections, type HostSession } from './host-session.ts';
import { createTrust, type Way } from './open-stream.ts';
import { createRemembered, type Remembered } from './remembered.ts';
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
  /** Name servers (`address:port`) instead of the system's. */
  readonly nameServers?: readonly string[];
}

export interface Source {
  readonly settings: DirectorySettings;
  /** What does not change from login to login, such as the names of groups. */
  readonly remembered: Remembered;
  /**
   * Does the work with the first server that can be used; when that fails under way, all of it with the next.
   * @throws DirectoryUnavailable when none could be used, or the directory refuses what we ask
   */
  withHost<T>(signal: AbortSignal, work: (session: HostSession) => Promise<T>): Promise<T>;
  sweep(): void;
  /** Takes up nothing new by itself; who is at it may finish. */
  drain(): void;
  /** Ends everything. */
  close(): void;
}

interface Host {
  readonly label: string;
  readonly breaker: Breaker;
  readonly connections: HostConnections;
}

/** How long it is remembered who the servers of a domain are, and that the bind account was refused. */
const [hostsMs, refusedMs] = [60_000, 30_000];

export const hostLabel = ({ host, port }: DirectoryHost): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** @throws DirectoryUnavailable when the settings cannot be used at all */
export function openSource(deps: SourceDeps, settings: DirectorySettings): Source {
  const { clock } = deps;
  const way = wayOf(deps, settings);
  const hosts = new Map<string, Host>();
  const remembered = createRemembered(clock);
  const ending = new AbortController();
  let refused: { readonly until: number; readonly words: string } | undefined;

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
  const inOrder = async (signal: AbortSignal): Promise<readonly Host[]> => {
    const named =
      settings.hosts.length > 0
        ? settings.hosts
        : await remembered.get('hosts', hostsMs, () => discoverHosts(settings, deps, signal));
    return named.map(hostOf);
  };

  const attempt = async <T>(host: Host, signal: AbortSignal, work: (session: HostSession) => Promise<T>) => {
    try {
      const done = await work(host.connections.session(signal));
      host.breaker.succeeded();
      return { done };
    } catch (error) {
      if (error instanceof HostFailure) {
        if (signal.aborted) host.breaker.undecided();
        else host.breaker.failed(error.message, error.step !== 'answer');
        if (error instanceof Interrupted) throw new DirectoryUnavailable(`${host.label}: ${error.message}`);
        return { failed: `${host.label}: ${error.message}` };
      }
      if (error instanceof DirectoryBusy) host.breaker.undecided();
      // Whatever it is, the server did answer.
      else host.breaker.succeeded();
      if (error instanceof DirectoryRefused && error.step === 'bound')
        refused = { until: clock.monotonic() + refusedMs, words: `${host.label}: ${error.message}` };
      if (error instanceof DirectoryRefused || error instanceof DirectoryBusy)
        throw new DirectoryUnavailable(`${host.label}: ${error.message}`);
      throw error;
    }
  };

  /** Nobody waits for it. */
  const tryInBackground = (host: Host): void => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(longest(settings))]);
    host.connections.tryOut(signal).then(
      () => host.breaker.succeeded(),
      (error: unknown) => {
        if (ending.signal.aborted) host.breaker.undecided();
        else if (error instanceof HostFailure) host.breaker.failed(error.message, true);
        else host.breaker.succeeded();
      },
    );
  };

  const drain = (): void => {
    for (const { connections } of hosts.values()) connections.close();
  };

  return {
    settings,
    remembered,
    async withHost(signal, work) {
      // Another try with a wrong password for each login would lock the bind account.
      if (refused && refused.until > clock.monotonic()) throw new DirectoryUnavailable(refused.words);
      const within = AbortSignal.any([signal, ending.signal]);
      const { now, passedOver } = choose(await found(inOrder(within)), tryInBackground);
      const failures: string[] = [...passedOver];
      for (const host of now) {
        const { done, failed } = await attempt(host, within, work);
        if (failed === undefined) return done;
        failures.push(failed);
        if (within.aborted) break;
      }
      throw new DirectoryUnavailable(failures.join('; '));
    },
    sweep() {
      for (const { connections } of hosts.values()) connections.sweep();
    },
    drain,
    close() {
      drain();
      ending.abort();
    },
  };
}

/** @throws DirectoryUnavailable */
async function found<T>(hosts: Promise<T>): Promise<T> {
  try {
    return await hosts;
  } catch (error) {
    throw error instanceof HostFailure ? new DirectoryUnavailable(error.message) : error;
  }
}

/** For the whole of one operation: as long as a person in front of a form waits, at most. */
export const longest = ({ timeouts }: DirectorySettings): number =>
  3 * (timeouts.connect_ms + timeouts.answer_ms);

interface Choice {
  readonly now: readonly Host[];
  /** Why the others are not asked. */
  readonly passedOver: readonly string[];
}

function choose(hosts: readonly Host[], tryInBackground: (host: Host) => void): Choice {
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
