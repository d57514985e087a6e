// Checks an administrator's password: the same work whether the name exists or not, and a limit for whoever guesses.
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import { findAdministratorByName } from '#core/administrators/administrator-store.ts';
import type { Visitor } from '#core/administrators/session.ts';
import { guessOf } from '#core/throttles/login-failures.ts';
import { Unavailable } from '#platform/problem.ts';
import { refuseSignIn, type SignInDeps, type SignInRefusal } from './sign-in-deps.ts';

/** Those who wait for a password check are served in turn with RADIUS clients; all administrators are one of them. */
const asker = 'console';

/** @returns the administrator whose password it is. @throws Problem sign_in_refused; Unavailable when too many passwords wait */
export async function checkPassword(
  deps: SignInDeps,
  visitor: Visitor,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<AdministratorFacts> {
  const key = isDisplayable(username) ? nameKey(username) : '';
  const guess = guessOf(key, visitor.address, asker);
  const { failures } = deps.signInThrottles;
  if (failures.exceeded(guess) !== undefined)
    return refuseSignIn(deps, { reason: 'too_many_failures', visitor });
  const found = await findAdministratorByName(deps.db.read, key, deps.clock.now());
  const result = await deps.passwords.verify(found?.password_hash ?? null, password, asker);
  if (result === 'overloaded') throw new Unavailable('password checking', 'too many passwords are waiting');
  if (result === 'correct' && found?.enabled === 1) {
    failures.passed(guess);
    return found;
  }
  failures.failed(guess);
  return refuseSignIn(deps, {
    reason: reasonOf(found, result),
    visitor,
    administratorId: found?.id,
    ...(found && { username }),
  });
}

function reasonOf(found: AdministratorFacts | undefined, result: 'correct' | 'wrong'): SignInRefusal {
  if (!found) return 'unknown_administrator';
  if (found.password_hash === null) return 'no_password';
  return result === 'wrong' ? 'wrong_password' : 'administrator_disabled';
}
