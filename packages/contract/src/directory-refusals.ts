// Why a user source (Active Directory, LDAP, RADIUS) let somebody not in: the closed list, with what the administrator reads and can do about it.
// None of this is ever told to whoever tried to log in.
import type { RefusalReason } from './refusal-reasons.ts';

const refusal = (sentence: string, remedy: string): RefusalReason => ({ sentence, remedy });

export const directoryRefusals = {
  empty_password: refusal(
    'No password was given.',
    'Let the user type the password; an empty one is never sent to the directory, since many take it for an anonymous login.',
  ),
  wrong_password: refusal(
    'The directory says that the password is wrong.',
    'If the user is sure of it, let the user log in elsewhere in the domain to see whether it works there.',
  ),
  unknown_to_directory: refusal(
    'The directory found the user, and at the check of the password no longer knew it.',
    'The user was just deleted or renamed, or the domain controllers are not replicated yet; try again later.',
  ),
  ambiguous_name: refusal(
    'The name fits more than one entry of the directory.',
    'Let the user log in with the whole name (name@domain), or narrow the base or the filter of the user source.',
  ),
  outside_hours: refusal(
    'The directory does not let this user log in at this hour.',
    'Change the logon hours of the user in the directory if they are not meant so.',
  ),
  workstation_not_allowed: refusal(
    'The directory lets this user log in at certain workstations only.',
    'Allow this server as workstation of the user in the directory.',
  ),
  password_expired: refusal(
    'The password has expired.',
    'Let the user change it, at a computer of the domain for example.',
  ),
  must_change_password: refusal(
    'The user must change the password before the next login.',
    'Let the user change it, at a computer of the domain for example.',
  ),
  account_disabled: refusal(
    'The account is disabled in the directory.',
    'Enable it there if this login was legitimate.',
  ),
  account_expired: refusal(
    'The account has expired in the directory.',
    'Change its date of expiry there if this login was legitimate.',
  ),
  account_locked: refusal(
    'The account is locked in the directory, usually after too many wrong passwords.',
    'Unlock it there, or wait; if it goes on, somebody is guessing or a device still uses an old password.',
  ),
  smart_card_required: refusal(
    'The account may log in by smart card only, so the directory takes no password.',
    'Take the option “Smart card is required” from the account, or let this user in another way.',
  ),
  not_in_group: refusal(
    'The user is not in the mandatory group of the user source, neither directly nor by another group.',
    'Add the user to the group in the directory, or correct the mandatory group of the user source.',
  ),
  too_many_groups: refusal(
    'The user is in more than 1,000 groups, in groups more than 20 levels above each other, or in more than the bind account may read at once, so nobody knows in which.',
    'Look in the directory who made these groups and put the user into them, and take them out or the user out of them; raise the limit of the bind account if it is lower.',
  ),
  radius_rejected: refusal(
    'The RADIUS server rejected the login; it does not say whether it knows the user, or what was wrong.',
    'See the log of the RADIUS server for its reason. It is asked with PAP; another shared secret turns passwords into garbage.',
  ),
  radius_challenged: refusal(
    'The RADIUS server asked for more than the password (Access-Challenge).',
    'Let it check only the password of logins that come from here; the second factor is asked for by this server.',
  ),
  password_too_long: refusal(
    'The password is longer than RADIUS carries (128 bytes).',
    'Let the user choose a shorter one, or ask another kind of user source.',
  ),
  refused_by_directory: refusal(
    'The directory refused the login without a reason that is known.',
    'See the log of the directory for its reason.',
  ),
} as const satisfies Record<string, RefusalReason>;

export type DirectoryRefusal = keyof typeof directoryRefusals;
