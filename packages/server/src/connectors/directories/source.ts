// A directory in use: work is done with the first of its servers that can do it, and what was learned about the directory is kept.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import { DirectoryBusy, DirectoryRefused, HostFailure, Interrupted } from './failure.ts';
import type { HostSession } from './host-session.ts';
import { chooseHosts, type Host, openHosts, type SourceDeps } from './hosts-of-source.ts';
import { createRemembered, type Remembered } from './remembered.ts';

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

/** For the whole of one operation: as long as a person in front of a form waits, at most. */
export const longest = ({ timeouts }: DirectorySettings): number =>
  3 * (timeouts.connect_ms + timeouts.answer_ms);

/** @throws DirectoryUnavailable when the settings cannot be used at all */
export function openSource(deps: SourceDeps, settings: DirectorySettings): Source {
  const hosts = openHosts(deps, settings);
  const refusal = rememberRefusal(deps.clock);
  const ending = new AbortController();
  /** Nobody waits for it. */
  const tryInBackground = (host: Host): void => {
    const inTime = AbortSignal.timeout(longest(settings));
    void tryOut(host, AbortSignal.any([ending.signal, inTime]), ending.signal);
  };
  const drain = (): void => {
    for (const { connections, label } of hosts.all()) {
      connections.close();
      deps.hostReleased(settings, label);
    }
  };

  return {
    settings,
    remembered: createRemembered(deps.clock),
    async withHost(signal, work) {
      refusal.check();
      const within = AbortSignal.any([signal, ending.signal]);
      const { now, passedOver } = chooseHosts(await orUnavailable(hosts.inOrder(within)), tryInBackground);
      const failures: string[] = [...passedOver];
      for (const host of now) {
        const { done, failed } = await attempt(host, within, work, refusal);
        if (failed === undefined) return done;
        failures.push(failed);
        if (within.aborted) break;
      }
      throw new DirectoryUnavailable(failures.join('; '));
    },
    sweep() {
      for (const { connections } of hosts.all()) connections.sweep();
    },
    drain,
    close() {
      drain();
      ending.abort();
    },
  };
}

/** Why the server failed, or what the work found. @throws DirectoryUnavailable when no other server would do better */
async function attempt<T>(
  { label, breaker, connections }: Host,
  signal: AbortSignal,
  work: (session: HostSession) => Promise<T>,
  refusal: Refusal,
) {
  try {
    const done = await work(connections.session(signal));
    breaker.succeeded();
    return { done };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const words = `${label}: ${error.message}`;
    if (error instanceof HostFailure) {
      if (signal.aborted) breaker.undecided();
      else breaker.failed(error.message, error.step !== 'answer');
      if (error instanceof Interrupted) throw new DirectoryUnavailable(words);
      return { failed: words };
    }
    if (error instanceof DirectoryBusy) breaker.undecided();
    // Whatever it is, the server did answer.
    else breaker.succeeded();
    if (error instanceof DirectoryRefused && error.step === 'bound') refusal.remember(words);
    if (error instanceof DirectoryRefused) throw new DirectoryUnavailable(words, { answered: true });
    if (error instanceof DirectoryBusy) throw new DirectoryUnavailable(words);
    throw error;
  }
}

async function tryOut(
  { breaker, connections }: Host,
  signal: AbortSignal,
  ending: AbortSignal,
): Promise<void> {
  try {
    await connections.tryOut(signal);
    breaker.succeeded();
  } catch (error) {
    if (ending.aborted) breaker.undecided();
    else if (error instanceof HostFailure) breaker.failed(error.message, true);
    else breaker.succeeded();
  }
}

interface Refusal {
  remember(words: string): void;
  /** @throws DirectoryUnavailable while it is remembered */
  check(): void;
}

const refusedMs = 30_000;

/** That the bind account was refused: another try with a wrong password for each login would lock it. */
function rememberRefusal(clock: Clock): Refusal {
  let refused: { readonly until: number; readonly words: string } | undefined;
  return {
    remember: (words) => void (refused = { until: clock.monotonic() + refusedMs, words }),
    check() {
      if (refused && refused.until > clock.monotonic())
        throw new DirectoryUnavailable(refused.words, { answered: true });
    },
  };
}

/** @throws DirectoryUnavailable */
async function orUnavailable<T>(hosts: Promise<T>): Promise<T> {
  try {
    return await hosts;
  } catch (error) {
    throw error instanceof HostFailure ? new DirectoryUnavailable(error.message) : error;
  }
}
