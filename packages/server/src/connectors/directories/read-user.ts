// An entry of a directory as a person: which attributes are asked for, and what they mean.
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import type { DirectoryAttributes, DirectorySettings, DirectoryUser } from '#core/user-sources/directory.ts';
import { accountControl, formatGuid, readFileTime } from './active-directory-values.ts';
import { isTrue, numberOf, readRecords, textOf } from './entry-values.ts';
import { DirectoryRefused } from './failure.ts';
import type { DirectoryEntry } from './response.ts';

const usual: Readonly<Record<DirectorySettings['kind'], DirectoryAttributes>> = {
  active_directory: {
    username: 'sAMAccountName',
    full_name: 'displayName',
    email: 'mail',
    phone: 'mobile',
    guid: 'objectGUID',
  },
  ldap: { username: 'uid', full_name: 'cn', email: 'mail', phone: 'mobile', guid: 'entryUUID' },
};

/** What tells of the state of an account, by the kinds of servers that have it. */
const ofState: Readonly<Record<DirectorySettings['kind'], readonly string[]>> = {
  active_directory: [
    'sAMAccountName',
    'userPrincipalName',
    'cn',
    'otherMobile',
    'objectGUID',
    'userAccountControl',
    'accountExpires',
    'lockoutTime',
    'pwdLastSet',
    'primaryGroupID',
  ],
  // OpenLDAP, 389 Directory Server and FreeIPA, eDirectory.
  ldap: ['memberOf', 'pwdAccountLockedTime', 'pwdReset', 'nsAccountLock', 'loginDisabled'],
};

/** Those of the settings, the usual ones where they say nothing. */
export function attributesOf({
  kind,
  attributes,
}: Pick<DirectorySettings, 'kind' | 'attributes'>): DirectoryAttributes {
  const or = (name: keyof DirectoryAttributes): string => attributes[name].trim() || usual[kind][name];
  return {
    username: or('username'),
    full_name: or('full_name'),
    email: or('email'),
    phone: or('phone'),
    guid: or('guid'),
  };
}

/** @param withRecords the records of devices, too: nothing for the hot path of a login */
export function askedAttributes(
  settings: DirectorySettings,
  { withRecords = false } = {},
): readonly string[] {
  const { username, full_name, email, phone, guid } = attributesOf(settings);
  const records = withRecords && settings.device_attribute !== '' ? [settings.device_attribute] : [];
  return [...new Set([username, full_name, email, phone, guid, ...ofState[settings.kind], ...records])];
}

const longestUsername = 256;

/**
 * Without the teams. Undefined when it has no user name, so is nobody who could log in.
 * @param now epoch milliseconds
 * @throws DirectoryRefused when it has nothing by which it could be known again
 */
export function readUser(
  settings: DirectorySettings,
  entry: DirectoryEntry,
  now: number,
): Omit<DirectoryUser, 'teams'> | undefined {
  const names = attributesOf(settings);
  const username = textOf(entry, names.username);
  if (username === '' || username.length > longestUsername) return undefined;
  return {
    guid: guidOf(settings, entry, names.guid),
    dn: entry.dn,
    username,
    ...loginNamesOf(settings, entry),
    full_name:
      textOf(entry, names.full_name) || (settings.kind === 'active_directory' ? textOf(entry, 'cn') : ''),
    email: textOf(entry, names.email),
    phone: phoneOf(entry, names.phone),
    enabled: stateRefusal(settings, entry, now) === undefined,
  };
}

/** Names that the filter for typed names asks for, whatever is the user name here. */
function loginNamesOf(
  { kind }: DirectorySettings,
  entry: DirectoryEntry,
): Pick<DirectoryUser, 'login_names'> {
  if (kind === 'ldap') return {};
  const names = ['sAMAccountName', 'userPrincipalName'].map((name) => textOf(entry, name));
  return { login_names: names.filter((name) => name !== '') };
}

/** Nothing where no attribute for records of devices is set. */
export const recordsOf = (
  settings: DirectorySettings,
  entry: DirectoryEntry,
): Pick<DirectoryUser, 'records'> =>
  settings.device_attribute === '' ? {} : { records: readRecords(settings, entry).texts };

/** "Mobile" of Active Directory is one field, and a list of others behind a button; the first of all counts. */
function phoneOf(entry: DirectoryEntry, attribute: string): string {
  return (
    textOf(entry, attribute) || (attribute.toLowerCase() === 'mobile' ? textOf(entry, 'otherMobile') : '')
  );
}

function guidOf({ kind }: DirectorySettings, entry: DirectoryEntry, attribute: string): string {
  const [bytes] = entry.attributes.get(attribute.toLowerCase()) ?? [];
  const isMicrosofts = kind === 'active_directory' || /^objectguid$/i.test(attribute);
  const guid = isMicrosofts && bytes ? formatGuid(bytes) : undefined;
  // Some directories number their entries with bytes that are no text.
  const other = guid ?? (textOf(entry, attribute) || bytes?.toString('hex'));
  if (other !== undefined && other !== '') return other;
  throw new DirectoryRefused(
    'answer',
    `${entry.dn} has no ${attribute}, by which it would be known again; let the bind account read it, or name another attribute`,
  );
}

/** Why the entry itself says that nobody can log in with it; a lock that ends by itself is none. */
export function stateRefusal(
  { kind }: DirectorySettings,
  entry: DirectoryEntry,
  now: number,
): DirectoryRefusal | undefined {
  if (kind === 'active_directory') {
    if (numberOf(entry, 'userAccountControl') & accountControl.disabled) return 'account_disabled';
    const expires = readFileTime(textOf(entry, 'accountExpires'));
    return expires !== null && expires <= now ? 'account_expired' : undefined;
  }
  if (isTrue(entry, 'nsAccountLock') || isTrue(entry, 'loginDisabled')) return 'account_disabled';
  // draft-behera-ldap-password-policy 5.3.3: locked until somebody unlocks it.
  return textOf(entry, 'pwdAccountLockedTime').startsWith('00000101') ? 'account_disabled' : undefined;
}
