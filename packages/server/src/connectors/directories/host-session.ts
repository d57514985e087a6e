// What can be asked of one server of a directory: searches as the bind account, and binds as the people whose passwords are checked.
// Each has connections of its own, so that a crowd of logins cannot keep the searches waiting.
import { PresenceFilter } from 'ldapts';
import type { DirectoryHost, DirectorySettings } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import type { Secret } from '#platform/secret.ts';
import { DirectoryRefused, HostFailure, TooMuchToRead } from './failure.ts';
import {
  type BindAnswer,
  createLdapConnection,
  type LdapConnection,
  type Modification,
  type Search,
  type SearchAnswer,
} from './ldap-connection.ts';
import { openStream, type Way } from './open-stream.ts';
import { createPool, type Pool } from './pool.ts';
import type { LdapResult } from './response.ts';
import { describeResult, resultCode } from './result-words.ts';

/** What the server tells of itself (RFC 4512 5.1). */
export interface RootEntry {
  /** Of Active Directory; else empty. */
  readonly domainBase: string;
  readonly configurationBase: string;
  readonly bases: readonly string[];
}

export interface HostSession {
  readonly host: DirectoryHost;
  /** As the bind account. @throws HostFailure, DirectoryRefused, DirectoryBusy */
  search(search: Search): Promise<SearchAnswer>;
  bindAs(dn: string, password: Secret): Promise<BindAnswer>;
  /** As the bind account. @throws HostFailure, DirectoryBusy */
  modify(modification: Modification): Promise<LdapResult>;
  readRoot(): Promise<RootEntry>;
  /** Lends a connection of the bind account that nobody else uses: what is read page by page is remembered with it. */
  withOwn<T>(work: (search: HostSession['search']) => Promise<T>): Promise<T>;
}

export interface HostConnections {
  session(signal: AbortSignal): HostSession;
  /** Whether it can be reached and the bind account is let in. @throws as `search` */
  tryOut(signal: AbortSignal): Promise<void>;
  sweep(): void;
  close(): void;
}

/** Connections at once to one server. */
export const connectionLimits = { searching: 4, checking: 8, listing: 1, waiting: 100 } as const;
const [idleMs, ageMs] = [60_000, 600_000];

export function connectHost(
  clock: Clock,
  settings: DirectorySettings,
  host: DirectoryHost,
  way: Way,
): HostConnections {
  const { answer_ms: waitMs } = settings.timeouts;
  const pool = (connections: number, open: (signal: AbortSignal) => Promise<LdapConnection>) =>
    createPool(clock, { connections, waiting: connectionLimits.waiting, waitMs, idleMs, ageMs }, open);
  const searching = pool(connectionLimits.searching, (signal) => openBound(settings, host, way, signal));
  const checking = pool(connectionLimits.checking, (signal) => openUnbound(settings, host, way, signal));
  const listing = pool(connectionLimits.listing, (signal) => openBound(settings, host, way, signal));

  const session = (signal: AbortSignal): HostSession => {
    const search: HostSession['search'] = async (asked) =>
      successOf(await onFresh(searching, signal, (connection) => connection.search(asked, signal)), asked);
    return {
      host,
      search,
      bindAs: (dn, password) =>
        onFresh(checking, signal, (connection) => connection.bind(dn, password, signal)),
      modify: async (modification) =>
        answered(await onFresh(searching, signal, (connection) => connection.modify(modification, signal))),
      readRoot: () => readRoot(search),
      withOwn: (work) => listing.use(signal, (connection) => work(searchOn(connection, signal))),
    };
  };
  return {
    session,
    async tryOut(signal) {
      const connection = await openBound(settings, host, way, signal);
      connection.close();
    },
    sweep() {
      for (const each of [searching, checking, listing]) each.sweep();
    },
    close() {
      for (const each of [searching, checking, listing]) each.close();
    },
  };
}

/** Searches on this one connection. */
export const searchOn =
  (connection: LdapConnection, signal: AbortSignal): HostSession['search'] =>
  async (asked) =>
    successOf(await connection.search(asked, signal), asked);

/** A connection that was kept may have ended unnoticed; then the next one is taken, at last a fresh one. */
async function onFresh<T>(
  pool: Pool<LdapConnection>,
  signal: AbortSignal,
  work: (connection: LdapConnection) => Promise<T>,
): Promise<T> {
  for (;;) {
    let wasKept = false;
    try {
      return await pool.use(signal, (connection, isFresh) => {
        wasKept = !isFresh;
        return work(connection);
      });
    } catch (error) {
      const again = wasKept && error instanceof HostFailure && error.isEnded && !signal.aborted;
      if (!again) throw error;
    }
  }
}

async function openUnbound(
  settings: DirectorySettings,
  host: DirectoryHost,
  way: Way,
  signal: AbortSignal,
): Promise<LdapConnection> {
  return createLdapConnection(await openStream(host, way, signal), settings.timeouts.answer_ms);
}

/** @throws DirectoryRefused when the bind account is not let in */
export async function openBound(
  settings: DirectorySettings,
  host: DirectoryHost,
  way: Way,
  signal: AbortSignal,
): Promise<LdapConnection> {
  const connection = await openUnbound(settings, host, way, signal);
  try {
    const name = bindName(settings);
    // RFC 4513 5.1.1: without a bind, it is anonymous.
    if (name === '') return connection;
    if (settings.bind_password.reveal() === '')
      throw new DirectoryRefused('bound', 'the bind account has no password in the user source');
    const { result } = await connection.bind(name, settings.bind_password, signal);
    if (result.code === resultCode.success) return connection;
    const words = `the bind account was not let in: ${describeResult(result)}`;
    throw isOfHost(result) ? new HostFailure('bound', words) : new DirectoryRefused('bound', words);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Active Directory takes no bare names ([MS-ADTS] 5.1.1.1.1). */
function bindName({ kind, name, bind_name }: DirectorySettings): string {
  const isBare = bind_name !== '' && !/[@\\=]/.test(bind_name);
  return kind === 'active_directory' && isBare && name !== '' ? `${bind_name}@${name}` : bind_name;
}

const ofHost: readonly number[] = [
  // Windows says so on a connection whose bind it has forgotten.
  1,
  resultCode.timeLimitExceeded,
  resultCode.adminLimitExceeded,
  resultCode.busy,
  resultCode.unavailable,
];

const isOfHost = ({ code }: LdapResult): boolean => ofHost.includes(code);

/** What was asked for is there, or as much as was asked for. */
function successOf(answer: SearchAnswer, { base, most, page }: Search): SearchAnswer {
  const { result, entries } = answer;
  if (result.code === resultCode.success) return answer;
  const isFull = result.code === resultCode.sizeLimitExceeded && !page && entries.length >= most;
  if (isFull) return answer;
  const words = `${base === '' ? 'the search' : `the search below ${base}`} was refused: ${describeResult(result)}`;
  if (result.code === resultCode.sizeLimitExceeded) throw new TooMuchToRead('base_read', words);
  throw isOfHost(result) ? new HostFailure('answer', words) : new DirectoryRefused('base_read', words);
}

/**
 * Of a change: that an entry is full, which Active Directory says by adminLimitExceeded, is about the entry, or whoever fills an own one
 * would make the server look broken.
 * @throws HostFailure when another server may do better
 */
export function answered(result: LdapResult): LdapResult {
  if (isOfHost(result) && result.code !== resultCode.adminLimitExceeded)
    throw new HostFailure('answer', `the change was refused: ${describeResult(result)}`);
  return result;
}

export async function readRoot(search: HostSession['search']): Promise<RootEntry> {
  const attributes = ['defaultNamingContext', 'configurationNamingContext', 'namingContexts'];
  const filter = new PresenceFilter({ attribute: 'objectClass' });
  const { entries } = await search({ base: '', scope: 'base', filter, attributes, most: 1 });
  const values = (name: string): readonly string[] =>
    (entries[0]?.attributes.get(name) ?? []).map((value) => value.toString('utf8'));
  return {
    domainBase: values('defaultnamingcontext')[0] ?? '',
    configurationBase: values('configurationnamingcontext')[0] ?? '',
    bases: values('namingcontexts'),
  };
}
