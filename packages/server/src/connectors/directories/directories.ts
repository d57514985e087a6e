// Directories for the core (LDAP, Active Directory): keeps one set of connections for each user source, and turns failures into answers.
import type {
  Asking,
  Directory,
  AnswerOfKind,
  DirectoryAnswer,
  DirectorySettings,
  DirectoryUser,
  IsMeant,
  RewriteAnswer,
} from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { TeamPolicy } from '#core/users/team-policies.ts';
import type { Secret } from '#platform/secret.ts';
import { findBases } from './bases.ts';
import { TooManyGroups } from './failure.ts';
import { findGroupsAnew, policiesOf } from './find-groups.ts';
import { findPerson } from './find-person.ts';
import { handOver } from './hand-over.ts';
import { createFindAddresses, type FindAddresses } from './host-addresses.ts';
import { listPeople } from './list-people.ts';
import { parseLoginName } from './login-name.ts';
import { type ChangeValues, rewriteValues } from './rewrite-values.ts';
import { readUser } from './read-user.ts';
import { probeDirectory } from './probe-directory.ts';
import type { SourceDeps } from './hosts-of-source.ts';
import { type KeptSources, keepSources } from './keep-sources.ts';
import { longest } from './source.ts';

export type DirectoryOperation = 'verify' | 'look_up' | 'everyone' | 'rewrite';

export interface DirectoriesDeps extends Omit<SourceDeps, 'findAddresses'> {
  /** Told how each question ended and how long it took, in milliseconds. */
  readonly observe: (
    settings: DirectorySettings,
    operation: DirectoryOperation,
    result: DirectoryAnswer['kind'],
    ms: number,
    detail?: string,
  ) => void;
  /** Told whether the directory could be asked; not of what was called off. @param cause why not */
  readonly heard: (settings: DirectorySettings, cause: string | undefined) => void;
  readonly findAddresses?: FindAddresses;
}

export function connectDirectories(deps: DirectoriesDeps): Directory {
  const sourceDeps: SourceDeps = {
    ...deps,
    findAddresses: deps.findAddresses ?? createFindAddresses(deps.clock),
  };
  const sources = keepSources(sourceDeps);

  const ask = async (
    operation: DirectoryOperation,
    settings: DirectorySettings,
    typed: string,
    password: Secret | null,
    signal: AbortSignal,
    { anew = false, records = false, isMeant }: Asking & { readonly isMeant?: IsMeant | undefined } = {},
  ): Promise<DirectoryAnswer> => {
    // RFC 4513 5.1.2: many servers take it for an anonymous login and say yes.
    if (password?.reveal() === '') return { kind: 'refused', reason: 'empty_password', user: null };
    const name = parseLoginName(typed);
    if (name.kind === 'unusable') return { kind: 'not_found', tried: `the name cannot be used: ${name.why}` };
    const { clock } = deps;
    const since = clock.monotonic();
    const within = AbortSignal.any([signal, AbortSignal.timeout(longest(settings))]);
    const answer = await orUnavailable(async () => {
      const source = sources.of(settings);
      const wanted = {
        settings,
        remembered: source.remembered,
        clock,
        name,
        password,
        isMeant,
        anew,
        records,
      };
      const asked = source.withHost(within, (session) => findPerson(wanted, session));
      return asked.catch((error: unknown) => refusedForGroups(settings, clock.now(), error));
    });
    const detail = answer.kind === 'unavailable' ? answer.detail : undefined;
    deps.observe(settings, operation, answer.kind, clock.monotonic() - since, detail);
    if (detail === undefined || !signal.aborted) deps.heard(settings, detail);
    return answer;
  };

  return {
    verify: (settings, name, password, signal, isMeant) =>
      ask('verify', settings, name, password, signal, { isMeant }),
    lookUp: (settings, name, signal, how) => ask('look_up', settings, name, null, signal, how),
    teamPolicies: (settings, signal) => teamPolicies(sources, settings, signal),
    everyone: (settings, signal) => everyone(deps, sources, settings, signal),
    rewrite: (settings, guid, change, signal) => rewrite(deps, sources, { settings, guid, change, signal }),
    probe: (settings, signal) => probeDirectory(sourceDeps, settings, signal),
    async close() {
      sources.close();
    },
  };
}

function teamPolicies(
  sources: KeptSources,
  settings: DirectorySettings,
  signal: AbortSignal,
): Promise<readonly TeamPolicy[]> {
  const source = sources.of(settings);
  return source.withHost(signal, async (session) => {
    const { remembered } = source;
    const bases = await findBases(settings, session, remembered);
    return policiesOf(settings, await findGroupsAnew(settings, session, remembered, bases)) ?? [];
  });
}

const everyone = (
  { clock, observe, heard }: DirectoriesDeps,
  sources: KeptSources,
  settings: DirectorySettings,
  signal: AbortSignal,
): AsyncIterable<readonly DirectoryUser[]> =>
  handOver(async (emit, stopped) => {
    const since = clock.monotonic();
    try {
      const source = sources.of(settings);
      const listing = { settings, remembered: source.remembered, clock };
      const within = AbortSignal.any([signal, stopped]);
      await source.withHost(within, (session) => listPeople(listing, session, emit));
      observe(settings, 'everyone', 'found', clock.monotonic() - since);
      heard(settings, undefined);
    } catch (error) {
      if (error instanceof DirectoryUnavailable) {
        observe(settings, 'everyone', 'unavailable', clock.monotonic() - since, error.message);
        if (!signal.aborted && !stopped.aborted) heard(settings, error.message);
      }
      throw error;
    }
  });

interface Rewriting {
  readonly settings: DirectorySettings;
  readonly guid: string;
  readonly change: ChangeValues;
  readonly signal: AbortSignal;
}

async function rewrite(
  { clock, observe, heard }: DirectoriesDeps,
  sources: KeptSources,
  { settings, guid, change, signal }: Rewriting,
): Promise<RewriteAnswer> {
  const since = clock.monotonic();
  const within = AbortSignal.any([signal, AbortSignal.timeout(longest(settings))]);
  const answer = await orUnavailable(async (): Promise<RewriteAnswer> => {
    const source = sources.of(settings);
    return source.withHost(within, (session) =>
      rewriteValues({ settings, remembered: source.remembered, guid, change }, session),
    );
  });
  const result = answer.kind === 'failed' ? 'refused' : answer.kind === 'unavailable' ? answer.kind : 'found';
  const detail = answer.kind === 'unavailable' ? answer.detail : undefined;
  observe(settings, 'rewrite', result, clock.monotonic() - since, detail);
  if (detail === undefined || !signal.aborted) heard(settings, detail);
  return answer;
}

/** The password, where there is one, was right. */
function refusedForGroups(settings: DirectorySettings, now: number, error: unknown): DirectoryAnswer {
  if (!(error instanceof TooManyGroups)) throw error;
  const person = readUser(settings, error.entry, now);
  return { kind: 'refused', reason: 'too_many_groups', user: person ? { ...person, teams: [] } : null };
}

async function orUnavailable<Answer>(
  ask: () => Promise<Answer>,
): Promise<Answer | AnswerOfKind<'unavailable'>> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof DirectoryUnavailable)) throw error;
    return { kind: 'unavailable', detail: error.message, ...(error.answered && { answered: true }) };
  }
}
