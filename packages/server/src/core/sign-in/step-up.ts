// Proves anew who is there with the password, where there is nothing better.
import type { Session } from '@countersign/contract/administrator-models.ts';
import type { LiveSession } from '#core/administrators/find-session.ts';
import { verifyWith, type Visitor } from '#core/administrators/session.ts';
import { checkPassword } from './check-password.ts';
import { prove } from './prove.ts';
import { refuseSignIn, type SignInDeps } from './sign-in-deps.ts';

/** @throws Problem sign_in_refused, also where a passkey or a phone must be used */
export async function stepUpByPassword(
  deps: SignInDeps,
  visitor: Visitor,
  { row, administrator }: LiveSession,
  password: string,
): Promise<Session> {
  const refuse = (reason: 'second_factor_missing' | 'session_ended') =>
    refuseSignIn(deps, { reason, visitor, administratorId: administrator.id });
  if (!verifyWith(administrator).includes('password')) return refuse('second_factor_missing');
  const checked = await checkPassword(deps, visitor, { username: administrator.username, password });
  // Who was renamed in the directory meanwhile signs in anew.
  if (checked.id !== administrator.id) return refuse('session_ended');
  const proof = { administratorId: administrator.id, method: 'password', visitor, former: row } as const;
  const proved = await prove(deps, { ...proof, use: async () => true });
  return proved ? proved.session : refuse('session_ended');
}
