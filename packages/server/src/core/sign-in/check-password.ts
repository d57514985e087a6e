// Checks an administrator's password, here or in the directory: the same work whether the name exists or not, and a limit for whoever guesses.
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import type { OpenDirectory } from '#core/administrator-directory/administrator-directory.ts';
import { askForMember } from '#core/administrator-directory/ask-directory.ts';
import { checkDirectoryPassword } from '#core/administrator-directory/check-directory-password.ts';
import { findOpenDirectory } from '#core/administrator-directory/find-open-directory.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import { findAdministratorByName } from '#core/administrators/administrator-store.ts';
import type { Visitor } from '#core/administrators/session.ts';
import { guessOf } from '#core/throttles/login-failures.ts';
import { Unavailable } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { type Refused, refuseSignIn, type SignInDeps, type SignInRefusal } from './sign-in-deps.ts';

/** Those who wait for a password check are served in turn with RADIUS clients; all administrators are one of them. */
const asker = 'console';

interface Given {
  readonly username: string;
  readonly password: string;
}

type Checked =
  | { readonly kind: 'right'; readonly administrator: AdministratorFacts }
  | ({ readonly kind: 'refused' } & Omit<Refused, 'visitor'>);

/** @returns the administrator whose password it is. @throws Problem sign_in_refused; Unavailable when too many passwords wait */
export async function checkPassword(
  deps: SignInDeps,
  visitor: Visitor,
  given: Given,
): Promise<AdministratorFacts> {
  const began = deps.clock.monotonic();
  const key = isDisplayable(given.username) ? nameKey(given.username) : '';
  const guess = guessOf(key, visitor.address, asker);
  const { failures } = deps.signInThrottles;
  if (failures.exceeded(guess) !== undefined)
    return refuseSignIn(deps, { reason: 'too_many_failures', visitor });
  const found = await findAdministratorByName(deps.db.read, key, deps.clock.now());
  const result = await deps.passwords.verify(found?.password_hash ?? null, given.password, asker);
  if (result === 'overloaded') throw new Unavailable('password checking', 'too many passwords are waiting');
  const here = checkHere(found, result, given);
  const directory = here.kind === 'right' ? undefined : await findOpenDirectory(deps);
  const checked = directory ? await checkThere(deps, directory, { visitor, given, found, here }) : here;
  if (checked.kind === 'right') {
    failures.passed(guess);
    return checked.administrator;
  }
  failures.failed(guess);
  if (directory) await keepBack(deps, deps.clock.monotonic() - began);
  const { kind: _kind, ...refused } = checked;
  return refuseSignIn(deps, { ...refused, visitor });
}

/** Whoever is refused here waits as long as whom the directory refuses. @param ms that it took so far */
async function keepBack({ refusalTimes }: SignInDeps, ms: number): Promise<void> {
  refusalTimes.took(asker, ms);
  await refusalTimes.keepBack(asker, ms);
}

function checkHere(
  found: AdministratorFacts | undefined,
  result: 'correct' | 'wrong',
  { username }: Given,
): Checked {
  if (result === 'correct' && found?.kind === 'local' && found.enabled === 1)
    return { kind: 'right', administrator: found };
  const reason = reasonOf(found, result);
  return { kind: 'refused', reason, administratorId: found?.id, ...(found && { username }) };
}

function reasonOf(found: AdministratorFacts | undefined, result: 'correct' | 'wrong'): SignInRefusal {
  if (!found) return 'unknown_administrator';
  if (found.kind === 'directory') return 'directory_off';
  if (found.password_hash === null) return 'no_password';
  return result === 'wrong' ? 'wrong_password' : 'administrator_disabled';
}

interface Asking {
  readonly visitor: Visitor;
  readonly given: Given;
  /** Who is called so here. */
  readonly found: AdministratorFacts | undefined;
  /** What was found out here. */
  readonly here: Checked;
}

async function checkThere(
  deps: SignInDeps,
  directory: OpenDirectory,
  { visitor, given, found, here }: Asking,
): Promise<Checked> {
  if (found?.kind === 'local') {
    // Nobody of the directory is asked for by a local name; but the directory may be slow, and that must tell nobody which names are local.
    await askForMember(deps, directory, newToken(deps.random, 'nobody_'));
    return here;
  }
  const { directoryTries } = deps.signInThrottles;
  const checked = await checkDirectoryPassword({ ...deps, directoryTries }, directory, {
    ...given,
    address: visitor.address,
  });
  if (checked.kind === 'right') return checked;
  const isNobody = checked.reason === 'not_in_directory' && !found;
  return {
    ...checked,
    administratorId: checked.administratorId ?? found?.id,
    ...(isNobody && { reason: 'unknown_administrator' }),
    ...(found && { username: found.username }),
  };
}
