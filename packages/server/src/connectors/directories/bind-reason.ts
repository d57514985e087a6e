// Why a directory did not let somebody in who was found: from its answer to the bind, and where that says little, from the entry.
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { accountControl } from './active-directory-values.ts';
import { numberOf, textOf } from './entry-values.ts';
import type { BindAnswer } from './ldap-connection.ts';
import { stateRefusal } from './read-user.ts';
import type { DirectoryEntry } from './response.ts';
import { resultCode } from './result-words.ts';

/** Active Directory's sub-codes: `… AcceptSecurityContext error, data 52e, v1db1`; system errors of Windows in hexadecimal. */
const byData: Readonly<Record<string, DirectoryRefusal>> = {
  '525': 'unknown_to_directory',
  '52e': 'wrong_password',
  '530': 'outside_hours',
  '531': 'workstation_not_allowed',
  '532': 'password_expired',
  '533': 'account_disabled',
  '701': 'account_expired',
  '773': 'must_change_password',
  '775': 'account_locked',
};

/** draft-behera-ldap-password-policy 6.2; the others are about changing the password. */
const byPolicyError: Readonly<Record<number, DirectoryRefusal>> = {
  0: 'password_expired',
  1: 'account_locked',
  2: 'must_change_password',
};

/** @returns undefined when the password was right and nothing else is the matter */
export function bindRefusal(
  settings: DirectorySettings,
  entry: DirectoryEntry,
  { result, policyError }: BindAnswer,
  now: number,
): DirectoryRefusal | undefined {
  const byState = stateRefusal(settings, entry, now);
  const said = policyError === undefined ? undefined : byPolicyError[policyError];
  // An account that an administrator locked is told as one that locked itself; the entry knows better.
  const byPolicy = said === 'account_locked' && byState === 'account_disabled' ? byState : said;
  // Some servers let people in whose entry says that they may not, or who may do nothing but change the password.
  if (result.code === resultCode.success) return byPolicy ?? byState;
  const data = /\bdata ([0-9a-f]{3,8})\b/i.exec(result.diagnostic)?.[1]?.toLowerCase();
  const told = byPolicy ?? (data === undefined ? undefined : byData[data]);
  if (told !== undefined && told !== 'wrong_password') return told;
  if (
    settings.kind === 'active_directory' &&
    numberOf(entry, 'userAccountControl') & accountControl.smartCardRequired
  )
    return 'smart_card_required';
  return told ?? silentRefusal(entry, result.code, byState);
}

/** Of a server that gives no reason besides the result. */
function silentRefusal(
  entry: DirectoryEntry,
  code: number,
  byState: DirectoryRefusal | undefined,
): DirectoryRefusal {
  if (byState !== undefined) return byState;
  if (textOf(entry, 'pwdAccountLockedTime') !== '') return 'account_locked';
  // 389 Directory Server: too many wrong passwords.
  if (code === resultCode.constraintViolation) return 'account_locked';
  const isAboutPassword =
    code === resultCode.invalidCredentials || code === resultCode.inappropriateAuthentication;
  return isAboutPassword ? 'wrong_password' : 'refused_by_directory';
}
