// The password of somebody who logs in: the application's own users first; who has none there is looked for in its user sources, in order.
// Only a user whom a source brought here comes in by it. Sources know people by more names than stand here, such as `CORP\alice`: a name
// that nobody here has means the user whom the source says that it is.
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import { askSources, causeOf, type SourcesSaid, whyNotLetIn } from '#core/user-sources/ask-sources.ts';
import { type SourceFinding, type UserSources, whyNotCached } from '#core/user-sources/user-sources.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { UserRow } from '#core/users/user.ts';
import type { RefusalTimes } from '#core/throttles/refusal-times.ts';
import { Secret } from '#platform/secret.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import {
  checkOwnPassword,
  type FirstFactorCheck,
  type FirstFactorResult,
  type MeantUser,
} from './first-factor.ts';
import { keepTeams, type KeepTeamsDeps } from './keep-teams.ts';
import type { Login } from './login.ts';

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
    const own = await checkOwn(user, signal);
    // That took as long for everybody.
    const began = clock.monotonic();
    const ms = () => clock.monotonic() - began;
    // Who has a password here is refused no sooner than who has none.
    const keepBack = () => refusalTimes.keepBack(login.applicationId, ms());
    if (own.kind === 'refused' && own.reason === 'throttled') return own;
    const result =
      own.kind === 'refused' && elsewhere.has(own.reason)
        ? await checkElsewhere(deps, { login, password, user, own, ms }, signal)
        : own;
    return result.kind === 'asks' ? result : { ...result, keepBack };
  };
}

type Refused = Extract<FirstFactorResult, { kind: 'refused' }>;

interface Unjudged {
  readonly login: Named;
  readonly password: string;
  readonly user: Parameters<FirstFactorCheck>[0];
  /** What stands when no source says otherwise. */
  readonly own: Refused;
  /** Since that was known. */
  readonly ms: () => number;
}

/** Asked for nobody, too: else who comes from a source would be told by the time it takes. */
async function checkElsewhere(
  deps: CheckPasswordDeps,
  unjudged: Unjudged,
  signal: StopSignal,
): Promise<FirstFactorResult> {
  const { login, password, user: named, own, ms } = unjudged;
  const typed = { ...login, password: new Secret(password), named };
  const said = await untilStopped(signal, (stopped) => askSources(deps, typed, stopped));
  if (!said) {
    deps.refusalTimes.forget(login.applicationId);
    return own;
  }
  const result = await resultOf(deps, unjudged, said);
  deps.refusalTimes.took(login.applicationId, ms());
  const before = said.findings.filter((finding) => finding !== said.finding).flatMap(besideStep);
  return before.length === 0 || result.kind === 'asks' ? result : { ...result, before };
}

/** What another source said than the one that decides; nothing where it does not know the person. */
function besideStep(finding: SourceFinding): readonly StepEntry[] {
  const { source, answer } = finding;
  switch (answer.kind) {
    case 'unavailable':
      return [awayStep(finding, answer.detail)];
    case 'refused':
      return [refusedStep(source.name, causeOf(answer.reason))];
    case 'found':
    case 'cached':
      return [refusedStep(source.name, whyNotLetIn.another_user)];
    case 'not_found':
      return [];
  }
}

async function resultOf(
  deps: CheckPasswordDeps,
  unjudged: Unjudged,
  { finding, verdict }: SourcesSaid,
): Promise<FirstFactorResult> {
  const { user: named, own } = unjudged;
  const source = finding.source.name;
  const guess =
    'guessedAs' in verdict && verdict.guessedAs !== undefined ? { guessedAs: verdict.guessedAs } : {};
  switch (verdict.kind) {
    case 'accepted': {
      if (verdict.user) return letIn(deps, unjudged, finding, { user: verdict.user, guess });
      const why = named ? whyNotLetIn.another_user : nobodyYet;
      return { ...refusedAs(unjudged, refusedStep(source, why)), ...guess };
    }
    case 'not_let_in':
      return { ...refusedAs(unjudged, refusedStep(source, whyNotLetIn[verdict.why])), ...guess };
    case 'refused': {
      const { reason } = verdict.answer;
      const step = refusedStep(source, causeOf(reason));
      if (!named && !verdict.user) return { ...own, step, ...guess };
      const code = wrong.has(reason) ? 'wrong_password' : 'source_refused';
      return { kind: 'refused', reason: code, step, ...meantBy(named, verdict.user), ...guess };
    }
    case 'not_found':
      return { ...own, step: { code: 'source_not_found', details: { source } } };
    case 'unavailable':
      // Whoever it is: where nobody was told anything, nobody has guessed, but at what a credential cache keeps.
      return {
        ...{ kind: 'refused', reason: 'source_unavailable', step: awayStep(finding, verdict.cause) },
        ...(verdict.isGuess && { isGuess: true, ...guess }),
      };
  }
}

/** The user is one of the source, and the password is right. */
async function letIn(
  deps: CheckPasswordDeps,
  { login: { applicationId }, user: named }: Unjudged,
  finding: SourceFinding,
  { user, guess }: { readonly user: UserRow; readonly guess: Pick<Refused, 'guessedAs'> },
): Promise<FirstFactorResult> {
  const { keep } = finding;
  const teams = await keepTeams(deps, { applicationId, userId: user.id }, finding);
  const meant = meantBy(named, user);
  if (typeof teams === 'object')
    return {
      kind: 'refused',
      reason: 'source_unavailable',
      step: awayStep(finding, teams.detail),
      ...meant,
    };
  if (keep) await deps.db.write((tx) => keep(tx, user.id));
  const renewed = teams === 'renewed' && { renewed: true };
  return { kind: 'verified', step: acceptedStep(finding), doorData: null, ...renewed, ...meant, ...guess };
}

/** Who was meant, where nobody here has the name that was typed. */
const meantBy = (named: Unjudged['user'], user: UserRow | undefined): { readonly meant?: MeantUser } =>
  named || !user ? {} : { meant: { id: user.id, username: user.username } };

/** Of nobody here it is only said why in the trail. */
const refusedAs = ({ user, own }: Unjudged, step: StepEntry): Refused =>
  user ? { kind: 'refused', reason: 'source_refused', step } : { ...own, step };

/** What the application's own users say of somebody whose password may be kept elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['unknown_user', 'no_password']);

const nobodyYet = 'the person whom it knows is no user here yet; onboarding or a sync makes one';

const wrong: ReadonlySet<DirectoryRefusal> = new Set(['wrong_password', 'empty_password']);

function acceptedStep({ source: { name: source }, answer }: SourceFinding): StepEntry {
  if (answer.kind !== 'cached') return { code: 'source_accepted', details: { source } };
  const kept_at = new Date(answer.keptAt).toISOString();
  return { code: 'source_cached', details: { source, cause: answer.cause, kept_at } };
}

const refusedStep = (source: string, cause: string): StepEntry => ({
  code: 'source_refused',
  details: { source, cause },
});

const awayStep = ({ source: { name: source }, notCached }: SourceFinding, cause: string): StepEntry =>
  notCached === undefined
    ? { code: 'source_unavailable', details: { source, cause } }
    : { code: 'source_not_cached', details: { source, cause, why: whyNotCached[notCached] } };

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
