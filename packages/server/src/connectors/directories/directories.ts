// Directories for the core (LDAP, Active Directory): keeps one set of connections for each user source, and turns failures into answers.
import type { Directory, DirectoryAnswer, DirectorySettings } from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { Secret } from '#platform/secret.ts';
import { findPerson } from './find-person.ts';
import { handOver } from './hand-over.ts';
import { createFindAddresses, type FindAddresses } from './host-addresses.ts';
import { listPeople } from './list-people.ts';
import { parseLoginName } from './login-name.ts';
import { probeDirectory } from './probe-directory.ts';
import { longest, openSource, type Source, type SourceDeps } from './source.ts';

export type DirectoryOperation = 'verify' | 'look_up' | 'everyone';

export interface DirectoriesDeps extends Omit<SourceDeps, 'findAddresses'> {
  /** Told how each question ended and how long it took, in milliseconds. */
  readonly observe: (
    settings: DirectorySettings,
    operation: DirectoryOperation,
    result: DirectoryAnswer['kind'],
    ms: number,
    detail?: string,
  ) => void;
  readonly findAddresses?: FindAddresses;
}

/** How often connections are looked through that nobody uses. */
const sweepMs = 15_000;
/** User sources at once; there are a handful. */
const most = 1000;

export function connectDirectories(deps: DirectoriesDeps): Directory {
  const sourceDeps: SourceDeps = {
    ...deps,
    findAddresses: deps.findAddresses ?? createFindAddresses(deps.clock),
  };
  const sources = new Map<string, Source>();
  /** Settings were changed; those who asked by the old ones may finish. */
  const leaving = new Set<Source>();
  const timer = setInterval(() => {
    for (const source of sources.values()) source.sweep();
  }, sweepMs);
  timer.unref();

  const sourceOf = (settings: DirectorySettings): Source => {
    const known = sources.get(settings.id);
    if (known && known.settings.revision === settings.revision) return known;
    const opened = openSource(sourceDeps, settings);
    if (known) letGo(known);
    const [oldest] = sources.values();
    if (sources.size >= most && oldest) letGo(oldest);
    sources.set(settings.id, opened);
    return opened;
  };
  const letGo = (source: Source): void => {
    sources.delete(source.settings.id);
    source.drain();
    leaving.add(source);
    setTimeout(() => leaving.delete(source), longest(source.settings)).unref();
  };

  const ask = async (
    operation: DirectoryOperation,
    settings: DirectorySettings,
    typed: string,
    password: Secret | null,
    signal: AbortSignal,
  ): Promise<DirectoryAnswer> => {
    // RFC 4513 5.1.2: many servers take it for an anonymous login and say yes.
    if (password?.reveal() === '') return { kind: 'refused', reason: 'empty_password', user: null };
    const name = parseLoginName(typed);
    if (name.kind === 'unusable') return { kind: 'not_found', tried: `the name cannot be used: ${name.why}` };
    const { clock } = deps;
    const since = clock.monotonic();
    const within = AbortSignal.any([signal, AbortSignal.timeout(longest(settings))]);
    const answer = await orUnavailable(async () => {
      const source = sourceOf(settings);
      const wanted = { settings, remembered: source.remembered, clock, name, password };
      return source.withHost(within, (session) => findPerson(wanted, session));
    });
    const detail = answer.kind === 'unavailable' ? answer.detail : undefined;
    deps.observe(settings, operation, answer.kind, clock.monotonic() - since, detail);
    return answer;
  };

  return {
    verify: (settings, name, password, signal) => ask('verify', settings, name, password, signal),
    lookUp: (settings, name, signal) => ask('look_up', settings, name, null, signal),
    everyone: (settings, signal) =>
      handOver(async (emit, stopped) => {
        const since = deps.clock.monotonic();
        const told = (result: DirectoryAnswer['kind'], detail?: string): void =>
          deps.observe(settings, 'everyone', result, deps.clock.monotonic() - since, detail);
        try {
          const source = sourceOf(settings);
          const listing = { settings, remembered: source.remembered, clock: deps.clock };
          const within = AbortSignal.any([signal, stopped]);
          await source.withHost(within, (session) => listPeople(listing, session, emit));
          told('found');
        } catch (error) {
          if (error instanceof DirectoryUnavailable) told('unavailable', error.message);
          throw error;
        }
      }),
    probe: (settings, signal) => probeDirectory(sourceDeps, settings, signal),
    async close() {
      clearInterval(timer);
      for (const source of [...sources.values(), ...leaving]) source.close();
      sources.clear();
      leaving.clear();
    },
  };
}

async function orUnavailable(ask: () => Promise<DirectoryAnswer>): Promise<DirectoryAnswer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DirectoryUnavailable) return { kind: 'unavailable', detail: error.message };
    throw error;
  }
}
