// Checks a password with the directory. First it is asked, without the password, whether this is a member of the groups at all: only their
// accounts are ever tried, and each only so often that nobody locks it in the directory by guessing here.
import { nameKey } from '@countersign/contract/text.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import {
  findAdministratorByGuid,
  findAdministratorByName,
} from '#core/administrators/administrator-store.ts';
import { createLoginFailures, guessOf, type LoginFailures } from '#core/throttles/login-failures.ts';
import type { Clock } from '#platform/clock.ts';
import { Secret } from '#platform/secret.ts';
import type { OpenDirectory } from './administrator-directory.ts';
import { askForMember, judged, longestMs, type Member, type Outside } from './ask-directory.ts';
import { type ConfirmDeps, faultOf, type NoMemberReason } from './confirm-member.ts';
import { endDirectorySessions } from './end-directory-sessions.ts';
import { keepDirectoryAdministrator, type Kept } from './keep-directory-administrator.ts';
import { createTurns, type Turns } from './turns.ts';

/** What is remembered of tries, on this node. */
export interface DirectoryTries {
  readonly failures: LoginFailures;
  readonly turns: Turns;
}

/**
 * Directories lock an account after five or ten wrong passwords in a quarter or half of an hour; fewer get there from here. Sources have
 * limits of their own before this.
 */
const limits = {
  source: { burst: 100, perMinute: 100 },
  userAtSource: { burst: 3, perMinute: 1 / 15 },
  user: { burst: 3, perMinute: 1 / 15 },
} as const;

export const createDirectoryTries = (clock: Clock): DirectoryTries => ({
  failures: createLoginFailures(clock, limits),
  turns: createTurns(),
});

export interface CheckDeps extends ConfirmDeps {
  readonly directoryTries: DirectoryTries;
}

export type DirectoryCheck =
  | { readonly kind: 'right'; readonly administrator: AdministratorFacts }
  | {
      readonly kind: 'refused';
      readonly reason: NoMemberReason | 'too_many_failures';
      readonly cause?: string | undefined;
      /** Whose it would have been, as the directory names them; undefined for nobody. */
      readonly username?: string | undefined;
      readonly administratorId?: string | undefined;
    };

interface Given {
  readonly username: string;
  readonly password: string;
  /** Where it comes from. */
  readonly address: string;
}

/** Never for a name that a local administrator has: who that is, the directory does not say. */
export async function checkDirectoryPassword(
  deps: CheckDeps,
  directory: OpenDirectory,
  given: Given,
): Promise<DirectoryCheck> {
  const said = await askForMember(deps, directory, given.username);
  if (said.kind !== 'member') {
    await endOf(deps, directory, said);
    return refusedBy(said);
  }
  const now = deps.clock.now();
  const { sourceId } = directory;
  const known = await findAdministratorByGuid(deps.db.read, { sourceId, guid: said.user.guid }, now);
  const whose = { username: said.user.username, administratorId: known?.id };
  const named = await findAdministratorByName(deps.db.read, nameKey(said.user.username), now);
  if (named && named.id !== known?.id) return { kind: 'refused', reason: 'name_of_another', ...whose };
  if (known?.enabled === 0) return { kind: 'refused', reason: 'administrator_disabled', ...whose };
  // By the directory's id, so that no other spelling of the name has tries of its own; one after the other, so that each is counted.
  const checked = await deps.directoryTries.turns.take(said.user.guid, () =>
    tryPassword(deps, directory, given, said),
  );
  return 'user' in checked ? keep(deps, directory, checked) : { ...checked, ...whose };
}

/** Somebody who is in still, and whom the directory no longer lets in. */
async function endOf(deps: CheckDeps, { sourceId }: OpenDirectory, said: Outside): Promise<void> {
  const user = 'user' in said ? said.user : null;
  if (!user) return;
  const { guid } = user;
  const known = await findAdministratorByGuid(deps.db.read, { sourceId, guid }, deps.clock.now());
  if (known) await endDirectorySessions(deps, known.id, faultOf(said));
}

type Refused = Extract<DirectoryCheck, { kind: 'refused' }>;

function refusedBy(said: Outside): Refused {
  const username = 'user' in said && said.user ? said.user.username : undefined;
  return { kind: 'refused', ...faultOf(said), username };
}

async function tryPassword(
  { directory, directoryTries: { failures } }: CheckDeps,
  { settings }: OpenDirectory,
  { username, password, address }: Given,
  expected: Member,
): Promise<Member | Refused> {
  const guess = guessOf(expected.user.guid, address, 'console');
  if (failures.exceeded(guess) !== undefined) return { kind: 'refused', reason: 'too_many_failures' };
  const said = await judged(() =>
    directory.verify(settings, username, new Secret(password), AbortSignal.timeout(longestMs)),
  );
  if (said.kind !== 'member') {
    if (said.kind === 'refused') failures.failed(guess);
    return refusedBy(said);
  }
  if (said.user.guid !== expected.user.guid) return { kind: 'refused', reason: 'not_in_directory' };
  failures.passed(guess);
  return said;
}

async function keep(deps: CheckDeps, directory: OpenDirectory, member: Member): Promise<DirectoryCheck> {
  const kept = await keepDirectoryAdministrator(deps, directory, member);
  if (kept.kind === 'kept') return { kind: 'right', administrator: kept.administrator };
  return { kind: 'refused', reason: reasons[kept.kind], username: member.user.username };
}

const reasons = {
  name_of_another: 'name_of_another',
  disabled: 'administrator_disabled',
  directory_changed: 'directory_off',
} as const satisfies Record<Exclude<Kept['kind'], 'kept'>, NoMemberReason>;
