// User name and password of somebody who has none here: what the user sources say of them, and the user who is made or refreshed by it.
import { askSources, causeOf, type SourcesVerdict, whyNotLetIn } from '#core/user-sources/ask-sources.ts';
import type { DirectoryUser } from '#core/user-sources/directory.ts';
import { findAnew, type SourceFinding, whyNotCached } from '#core/user-sources/user-sources.ts';
import { findUser } from '#core/users/find-user.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Tx } from '#db/db.ts';
import { Secret } from '#platform/secret.ts';
import type { ProcessStep } from '../process-steps.ts';
import type { Along, Given, RequirementDeps, StepResult } from './requirement-kind.ts';

type Met = Extract<StepResult, { kind: 'met' }>;
type Refused = Extract<StepResult, { kind: 'not_accepted' }>;

/** What came of a name and a password, and how that counts. */
export interface Checked {
  readonly result: Met | Refused;
  /** By which name it was a guess besides the typed one; undefined: none. */
  readonly guessedAs?: string | undefined;
  /** Nothing was found out, so nothing was guessed. */
  readonly saysNothing?: true;
}

export const refused = (steps: readonly ProcessStep[]): Refused => ({ kind: 'not_accepted', steps });

interface Asked {
  /** Who has the typed name here, and no password. */
  readonly named: UserRow | undefined;
  /** What was told before. */
  readonly before: readonly ProcessStep[];
}

export async function checkAtSources(
  deps: RequirementDeps,
  { application, input, signal }: Given<'simple_credentials'>,
  { named, before }: Asked,
): Promise<Checked> {
  const { username, password } = input;
  const typed = { applicationId: application.id, username, password: new Secret(password), named };
  const said = await askSources(deps, typed, signal);
  if (!said) return { result: refused(before) };
  const { findings, finding, verdict } = said;
  // The one that decides comes last, as what went wrong last.
  const isLast = verdict.kind === 'unavailable';
  const others = findings.filter((each) => !isLast || each !== finding);
  const steps = [...before, ...[...others, ...(isLast ? [finding] : [])].flatMap(stepsOf)];
  switch (verdict.kind) {
    case 'accepted':
      return accept(deps, { applicationId: application.id, named, finding, steps }, verdict);
    case 'not_let_in':
      return { result: refused([...steps, notLetInStep(finding, verdict)]), guessedAs: verdict.guessedAs };
    case 'refused':
      return { result: refused(steps), guessedAs: verdict.guessedAs };
    case 'not_found':
      return { result: refused(steps) };
    case 'unavailable':
      return verdict.isGuess
        ? { result: refused(steps), guessedAs: verdict.guessedAs }
        : { result: refused(steps), saysNothing: true };
  }
}

interface Accepting {
  readonly applicationId: string;
  readonly named: UserRow | undefined;
  readonly finding: SourceFinding;
  readonly steps: readonly ProcessStep[];
}

async function accept(
  deps: RequirementDeps,
  accepting: Accepting,
  { answer, guessedAs }: Extract<SourcesVerdict, { kind: 'accepted' }>,
): Promise<Checked> {
  const { finding, steps } = accepting;
  if (answer.kind === 'cached') {
    const { userId } = answer;
    return { result: { kind: 'met', steps, along: (tx) => asKept(tx, userId, []) }, guessedAs };
  }
  // What is remembered of groups must take nobody out of a team.
  const now = finding.readAnew ? await findAnew(finding, answer) : answer;
  if (now.kind === 'unavailable')
    return { result: refused([...steps, ...stepsOf({ ...finding, answer: now })]), saysNothing: true };
  const along = (tx: Tx): Promise<Along> => keep(tx, deps, accepting, now.user);
  return { result: { kind: 'met', steps, along }, guessedAs };
}

/** The user as the source knows it now is written together with the process's move: neither without the other. */
async function keep(
  tx: Tx,
  deps: RequirementDeps,
  { applicationId, named, finding }: Accepting,
  user: DirectoryUser,
): Promise<Along> {
  const { source: from, keep: keepPassword } = finding;
  const source = from.name;
  const kept = await keepForeignUser(tx, deps, { kind: 'system' }, { applicationId, source, user, from });
  const details = { username: user.username, source };
  const ofAnother: Along = { accepted: false, steps: [{ code: 'user_of_another', details }] };
  switch (kept.kind) {
    case 'name_of_another':
      return ofAnother;
    // Whatever its directory says, one that is disabled here stays out; it was asked all the same, so that nobody can tell.
    case 'disabled':
      return { accepted: false, steps: [{ code: 'user_disabled', details }] };
    case 'created':
    case 'refreshed': {
      if (named && named.id !== kept.userId) return ofAnother;
      const along = await asKept(tx, kept.userId, [{ code: `user_${kept.kind}`, details }]);
      if (along.accepted) await keepPassword?.(tx, kept.userId);
      return along;
    }
  }
}

/** Who has a password here is judged by it alone, whoever knows the person elsewhere. */
async function asKept(tx: Tx, userId: string, steps: readonly ProcessStep[]): Promise<Along> {
  const user = await findUser(tx, userId);
  if (user && user.password_hash !== null) return { accepted: false, steps: [hasPassword(user.username)] };
  return { accepted: true, userId, steps };
}

const hasPassword = (username: string): ProcessStep => ({ code: 'has_password', details: { username } });

function notLetInStep(
  { source: { name: source } }: SourceFinding,
  { why, user }: Extract<SourcesVerdict, { kind: 'not_let_in' }>,
): ProcessStep {
  if (why === 'has_password' && user) return hasPassword(user.username);
  return { code: 'source_refused', details: { source, cause: whyNotLetIn[why] } };
}

function stepsOf({ source: { name: source }, answer, notCached }: SourceFinding): readonly ProcessStep[] {
  // Nothing was checked; the verdict says why.
  if (answer.kind === 'refused' && answer.unchecked) return [];
  const step = stepOf(source, answer);
  if (notCached === undefined) return [step];
  return [step, { code: 'source_not_cached', details: { source, cause: whyNotCached[notCached] } }];
}

function stepOf(source: string, answer: SourceFinding['answer']): ProcessStep {
  switch (answer.kind) {
    case 'found':
      return { code: 'source_found', details: { source } };
    case 'not_found':
      return { code: 'source_not_found', details: { source } };
    case 'refused':
      return {
        code: 'source_refused',
        details: { source, cause: causeOf(answer.reason) },
      };
    case 'unavailable':
      return { code: 'source_unavailable', details: { source, cause: answer.detail } };
    case 'cached':
      return {
        code: 'source_cached',
        details: { source, cause: answer.cause, kept_at: new Date(answer.keptAt).toISOString() },
      };
  }
}
