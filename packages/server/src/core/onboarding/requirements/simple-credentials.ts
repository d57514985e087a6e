// User name and password: the application's own users first, then its user sources in order. Whatever is wrong, the answer is one and costs
// one check of a password; the administrator finds the cause among the steps.
import type { LoginFailures } from '#core/throttles/login-failures.ts';
import {
  exceededAfterAll,
  exceededByPlainName,
  guessAtName,
  type NameGuess,
} from '#core/throttles/name-guess.ts';
import { findUserByName } from '#core/users/find-user.ts';
import type { UserRow } from '#core/users/user.ts';
import { Unavailable } from '#platform/problem.ts';
import type { ProcessStep } from '../process-steps.ts';
import type { Given, RequirementDeps, RequirementModule, StepResult } from './requirement-kind.ts';
import { type Checked, checkAtSources, refused } from './source-credentials.ts';

type Credentials = Given<'simple_credentials'>;

/** Those who wait for a password check are served in turn with RADIUS clients; all onboarding is one of them. */
const asker = 'onboarding';

/** Guesses here and at the doors are counted together, by the same names: it is the same password. */
async function meet(deps: RequirementDeps, given: Credentials): Promise<StepResult> {
  const { application, input, address } = given;
  const { failures } = deps.throttles;
  const typed = { applicationId: application.id, username: input.username };
  const guess = guessAtName(typed, { address, door: asker });
  const user = await findUserByName(deps.db.read, application.id, input.username);
  const limit = failures.exceeded(guess.typed) ?? (user ? undefined : exceededByPlainName(failures, guess));
  if (limit !== undefined) return refused([{ code: 'throttled', details: { limit } }]);
  return countTry(failures, guess, await check(deps, given, user));
}

/** A try passes once what was met is written down: only then was somebody let in. */
function countTry(
  failures: LoginFailures,
  guess: NameGuess,
  { result, guessedAs, saysNothing }: Checked,
): StepResult {
  const meant = guess.as(guessedAs);
  if (result.kind === 'not_accepted') {
    if (!saysNothing) failures.failed(guess.typed, meant);
    return result;
  }
  const limit = exceededAfterAll(failures, guess, meant);
  if (limit !== undefined) return refused([...result.steps, { code: 'throttled', details: { limit } }]);
  const settled = (isAccepted: boolean): void => {
    if (!isAccepted) return failures.failed(guess.typed, meant);
    failures.passed(guess.typed);
    failures.passed(meant);
  };
  return { ...result, settled };
}

async function check(deps: RequirementDeps, given: Credentials, user: UserRow | undefined): Promise<Checked> {
  const { username, password } = given.input;
  const hash = user?.password_hash ?? null;
  const verified = await deps.passwords.verify(hash, password, asker);
  if (verified === 'overloaded') throw new Unavailable('password checking', 'too many passwords are waiting');
  const found: ProcessStep = { code: user ? 'user_found' : 'user_not_found', details: { username } };
  if (user && hash !== null) return { result: ofOwnUser(user, verified === 'correct', found) };
  const before: ProcessStep[] = user ? [found, { code: 'no_password', details: { username } }] : [found];
  return checkAtSources(deps, given, { named: user, before });
}

function ofOwnUser(user: UserRow, isCorrect: boolean, found: ProcessStep): Checked['result'] {
  if (!isCorrect) return refused([found, { code: 'password_wrong' }]);
  const steps: ProcessStep[] = [found, { code: 'password_correct' }];
  if (user.enabled === 0)
    return refused([...steps, { code: 'user_disabled', details: { username: user.username } }]);
  return { kind: 'met', userId: user.id, steps };
}

export const simpleCredentials: RequirementModule<'simple_credentials'> = {
  kind: 'simple_credentials',
  meet,
  shows: () => ({}),
};
