// User name and password: the application's own users first, then its user sources in order. Whatever is wrong, the answer is one and costs
// one check of a password; the administrator finds the cause among the steps.
import { directoryRefusals } from '@countersign/contract/directory-refusals.ts';
import { userKey } from '#core/authentication/login.ts';
import { type Guess, guessOf } from '#core/throttles/login-failures.ts';
import type { DirectoryUser } from '#core/user-sources/directory.ts';
import { findAnew, type SourceFinding, whyNotCached } from '#core/user-sources/user-sources.ts';
import { findUserByName } from '#core/users/find-user.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Tx } from '#db/db.ts';
import { Unavailable } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import type { ProcessStep } from '../process-steps.ts';
import type { Along, Given, RequirementDeps, RequirementModule, StepResult } from './requirement-kind.ts';

type Credentials = Given<'simple_credentials'>;

/** Those who wait for a password check are served in turn with RADIUS clients; all onboarding is one of them. */
const asker = 'onboarding';

/** Guesses here and at the doors are counted together: it is the same password. */
const guessBy = ({ application, input, address }: Credentials): Guess =>
  guessOf(userKey({ applicationId: application.id, username: input.username }), address, asker);

async function meet(deps: RequirementDeps, given: Credentials): Promise<StepResult> {
  const guess = guessBy(given);
  const limit = deps.throttles.failures.exceeded(guess);
  if (limit !== undefined) return refused([{ code: 'throttled', details: { limit } }]);
  const result = await check(deps, given);
  if (result.kind === 'met') deps.throttles.failures.passed(guess);
  else deps.throttles.failures.failed(guess);
  return result;
}

async function check(deps: RequirementDeps, given: Credentials): Promise<StepResult> {
  const { application, input } = given;
  const { username, password } = input;
  const user = await findUserByName(deps.db.read, application.id, username);
  const hash = user?.password_hash ?? null;
  const verified = await deps.passwords.verify(hash, password, asker);
  if (verified === 'overloaded') throw new Unavailable('password checking', 'too many passwords are waiting');
  const found: ProcessStep = { code: user ? 'user_found' : 'user_not_found', details: { username } };
  if (user && hash !== null) return ofOwnUser(user, verified === 'correct', found);
  const steps: ProcessStep[] = user ? [found, { code: 'no_password', details: { username } }] : [found];
  return askSources(deps, given, steps);
}

function ofOwnUser(user: UserRow, isCorrect: boolean, found: ProcessStep): StepResult {
  if (!isCorrect) return refused([found, { code: 'password_wrong' }]);
  const steps: ProcessStep[] = [found, { code: 'password_correct' }];
  if (user.enabled === 0)
    return refused([...steps, { code: 'user_disabled', details: { username: user.username } }]);
  return { kind: 'met', userId: user.id, steps };
}

async function askSources(
  deps: RequirementDeps,
  { application, input, signal }: Credentials,
  before: readonly ProcessStep[],
): Promise<StepResult> {
  const findings = await deps.sources.verify(
    application.id,
    input.username,
    new Secret(input.password),
    signal,
  );
  const steps = [...before, ...findings.flatMap(stepsOf)];
  const last = findings.at(-1);
  if (last?.answer.kind === 'cached') return { kind: 'met', userId: last.answer.userId, steps };
  if (last?.answer.kind !== 'found') return refused(steps);
  // What is remembered of groups must take nobody out of a team.
  const { user } = last.readAnew ? await findAnew(last, last.answer) : last.answer;
  return { kind: 'met', steps, along: (tx) => keep(tx, deps, application.id, last, user) };
}

/** The user as the source knows it now is written together with the process's move: neither without the other. */
async function keep(
  tx: Tx,
  deps: RequirementDeps,
  applicationId: string,
  { source: from, keep: keepPassword }: SourceFinding,
  user: DirectoryUser,
): Promise<Along> {
  const source = from.name;
  const kept = await keepForeignUser(tx, deps, { kind: 'system' }, { applicationId, source, user, from });
  const details = { username: user.username, source };
  switch (kept.kind) {
    case 'name_of_another':
      return { accepted: false, steps: [{ code: 'user_of_another', details }] };
    // Whatever its directory says, one that is disabled here stays out; it was asked all the same, so that nobody can tell.
    case 'disabled':
      return { accepted: false, steps: [{ code: 'user_disabled', details }] };
    case 'created':
      await keepPassword?.(tx, kept.userId);
      return { accepted: true, userId: kept.userId, steps: [{ code: 'user_created', details }] };
    case 'refreshed':
      await keepPassword?.(tx, kept.userId);
      return { accepted: true, userId: kept.userId, steps: [{ code: 'user_refreshed', details }] };
  }
}

function stepsOf({ source: { name: source }, answer, notCached }: SourceFinding): readonly ProcessStep[] {
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
        // It stands within a sentence.
        details: { source, cause: directoryRefusals[answer.reason].sentence.replace(/\.$/, '') },
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

const refused = (steps: readonly ProcessStep[]): StepResult => ({ kind: 'not_accepted', steps });

export const simpleCredentials: RequirementModule<'simple_credentials'> = {
  kind: 'simple_credentials',
  meet,
  shows: () => ({}),
};
