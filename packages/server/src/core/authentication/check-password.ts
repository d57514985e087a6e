// The password of somebody who logs in: the application's own users first; who has none there is looked for in its user sources, in order.
// Nobody comes in as somebody else: whom a source knows must be the very user whom it brought here. Sources know people by more names than
// stand here, such as `CORP\alice`: a name that nobody here has means the user whom the source says that it is.
import { directoryRefusals, type DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import { nameKey } from '@countersign/contract/text.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import { findUserNamed, findUserOf, type SourceUser } from '#core/user-sources/source-users-store.ts';
import { type SourceFinding, type UserSources, whyNotCached } from '#core/user-sources/user-sources.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { RefusalTimes } from '#core/throttles/refusal-times.ts';
import type { Read } from '#db/db.ts';
import { Secret } from '#platform/secret.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import {
  checkOwnPassword,
  type FirstFactorCheck,
  type FirstFactorResult,
  type MeantUser,
} from './first-factor.ts';
import { keepTeams, type KeepTeamsDeps } from './keep-teams.ts';
import { type Login, withoutDomain } from './login.ts';

export interface CheckPasswordDeps extends KeepTeamsDeps {
  readonly passwords: Passwords;
  readonly sources: UserSources;
  readonly refusalTimes: RefusalTimes;
}

type Named = Pick<Login, 'applicationId' | 'username'>;

/** @param asker through whom it came, who waits in turn with the others */
export function checkPassword(
  deps: CheckPasswordDeps,
  login: Named,
  password: string,
  asker: string,
): FirstFactorCheck {
  const checkOwn = checkOwnPassword(deps.passwords, password, asker);
  return async (user, signal) => {
    const { clock, refusalTimes } = deps;
    const began = clock.monotonic();
    // Who has a password here is refused no sooner than who has none.
    const keepBack = () => refusalTimes.keepBack(login.applicationId, clock.monotonic() - began);
    const own = await checkOwn(user, signal);
    if (own.kind === 'refused' && own.reason === 'throttled') return own;
    const result =
      own.kind === 'refused' && elsewhere.has(own.reason)
        ? await askSources(deps, { login, password, user, own }, signal)
        : own;
    if (result.kind === 'refused') await keepBack();
    return result.kind === 'verified' ? { ...result, keepBack } : result;
  };
}

interface Asking {
  readonly login: Named;
  readonly password: string;
  readonly user: Parameters<FirstFactorCheck>[0];
  /** What stands when no source says otherwise. */
  readonly own: FirstFactorResult;
}

/** Asked for nobody, too: else who comes from a source would be told by the time it takes. */
async function askSources(
  deps: CheckPasswordDeps,
  { login: { applicationId, username }, password, user, own }: Asking,
  signal: StopSignal,
): Promise<FirstFactorResult> {
  const { db, clock, sources, refusalTimes } = deps;
  const began = clock.monotonic();
  const findings = await untilStopped(signal, (stopped) =>
    sources.verify(applicationId, username, new Secret(password), stopped),
  );
  if (findings.length > 0) refusalTimes.took(applicationId, clock.monotonic() - began);
  const finding = findings.find(isDecisive) ?? findings.find(isAway) ?? findings.at(-1);
  if (!finding) return own;
  const source = { id: finding.source.id, application_id: applicationId };
  const meant = await userMeant(db.read, source, finding.answer, user ? undefined : username);
  if (!user && !meant) return own;
  let renewed = false;
  const result = await judge(finding, async () => {
    if (!meant || (user && user.id !== meant.id)) return false;
    const { keep } = finding;
    if (keep) await db.write((tx) => keep(tx, meant.id));
    renewed = await keepTeams(deps, { applicationId, userId: meant.id }, finding);
    return true;
  });
  if (result.kind === 'asks' || !meant) return result;
  const told = result.kind === 'verified' && renewed ? { ...result, renewed } : result;
  return user ? told : { ...told, meant };
}

/**
 * The user here who the source says that it is. Who has a password here is judged by it alone, however the name is written.
 * @param typed a name that nobody here has
 */
async function userMeant(
  read: Read,
  source: { readonly id: string; readonly application_id: string },
  answer: SourceFinding['answer'],
  typed: string | undefined,
): Promise<MeantUser | undefined> {
  if (typed !== undefined && !isNameIn(typed, answer)) return undefined;
  const user = await findMeant(read, source, answer);
  return user?.password_hash === null ? { id: user.id, username: user.username } : undefined;
}

/**
 * Directories take more for a name than people call a name: `àlice` for `alice`, two spaces for one. Each would be counted by itself when
 * passwords are guessed, so only the person's user name counts, with a domain or without, and the address.
 */
function isNameIn(typed: string, answer: SourceFinding['answer']): boolean {
  if (answer.kind !== 'found' && answer.kind !== 'refused') return true;
  const name = nameKey(answer.user?.username ?? '');
  const address = nameKey(answer.user?.email ?? '');
  return nameKey(withoutDomain(typed)) === name || (address !== '' && nameKey(typed) === address);
}

async function findMeant(
  read: Read,
  source: { readonly id: string; readonly application_id: string },
  answer: SourceFinding['answer'],
): Promise<SourceUser | undefined> {
  switch (answer.kind) {
    case 'cached':
      return findUserNamed(read, source, answer.username);
    case 'found':
    case 'refused':
      return answer.user ? findUserOf(read, source, answer.user) : undefined;
    case 'not_found':
    case 'unavailable':
      return undefined;
  }
}

/** What the application's own users say of somebody whose password may be kept elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['unknown_user', 'no_password']);

const isDecisive = ({ answer }: SourceFinding): boolean =>
  answer.kind === 'found' || answer.kind === 'refused' || answer.kind === 'cached';
const isAway = ({ answer }: SourceFinding): boolean => answer.kind === 'unavailable';

/** @param isTheUser also keeps the password, where the source has a credential cache */
async function judge(
  { source: { name: source }, answer, notCached }: SourceFinding,
  isTheUser: () => Promise<boolean>,
): Promise<FirstFactorResult> {
  switch (answer.kind) {
    case 'found':
      if (await isTheUser())
        return { kind: 'verified', step: { code: 'source_accepted', details: { source } }, doorData: null };
      return refused('source_refused', source, somebodyElse);
    case 'cached': {
      if (!(await isTheUser())) return refused('source_refused', source, somebodyElse);
      const kept_at = new Date(answer.keptAt).toISOString();
      const details = { source, cause: answer.cause, kept_at };
      return { kind: 'verified', step: { code: 'source_cached', details }, doorData: null };
    }
    case 'refused': {
      const cause = directoryRefusals[answer.reason].sentence.replace(/\.$/, '');
      return refused(wrong.has(answer.reason) ? 'wrong_password' : 'source_refused', source, cause);
    }
    case 'not_found':
      return {
        kind: 'refused',
        reason: 'no_password',
        step: { code: 'source_not_found', details: { source } },
      };
    case 'unavailable':
      return {
        kind: 'refused',
        reason: 'source_unavailable',
        step: awayStep(source, answer.detail, notCached),
      };
  }
}

const somebodyElse = 'it knows somebody of this name who is not the user here; a sync of the source says why';

const awayStep = (source: string, cause: string, notCached: SourceFinding['notCached']): StepEntry =>
  notCached === undefined
    ? { code: 'source_unavailable', details: { source, cause } }
    : { code: 'source_not_cached', details: { source, cause, why: whyNotCached[notCached] } };

const wrong: ReadonlySet<DirectoryRefusal> = new Set(['wrong_password', 'empty_password']);

const refused = (
  reason: 'source_refused' | 'wrong_password',
  source: string,
  cause: string,
): FirstFactorResult => ({
  kind: 'refused',
  reason,
  step: { code: 'source_refused', details: { source, cause } },
});

/** Sources want a whole AbortSignal; doors have a lighter one. */
async function untilStopped<T>(signal: StopSignal, work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await work(controller.signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
