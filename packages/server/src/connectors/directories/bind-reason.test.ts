// Answers to a bind as reasons.
import { describe, expect, test } from 'vitest';
import { bindRefusal } from './bind-reason.ts';
import { settingsOf } from './directory-settings.test-support.ts';
import { readUser, stateRefusal } from './read-user.ts';
import type { DirectoryEntry } from './response.ts';

const [ad, ldap] = [settingsOf('active_directory'), settingsOf('ldap')];
const now = Date.UTC(2026, 0, 1);

const entryOf = (
  attributes: Readonly<Record<string, string | Buffer | readonly string[]>> = {},
): DirectoryEntry => ({
  dn: 'cn=a',
  attributes: new Map(
    Object.entries(attributes).map(([name, value]) => [
      name.toLowerCase(),
      (Array.isArray(value) ? value : [value]).map((each: string | Buffer) => Buffer.from(each)),
    ]),
  ),
});
const answer = (code: number, diagnostic = '', policyError?: number) => ({
  result: { code, diagnostic, referrals: [] },
  policyError,
});
const windows = (data: string): string =>
  `80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ${data}, v4563`;

test.each([
  ['525', 'unknown_to_directory'],
  ['52e', 'wrong_password'],
  ['52E', 'wrong_password'],
  ['530', 'outside_hours'],
  ['531', 'workstation_not_allowed'],
  ['532', 'password_expired'],
  ['533', 'account_disabled'],
  ['701', 'account_expired'],
  ['773', 'must_change_password'],
  ['775', 'account_locked'],
  ['999', 'wrong_password'],
])('sub-code %s of Active Directory: %s', (data, reason) => {
  expect(bindRefusal(ad, entryOf({ userAccountControl: '512' }), answer(49, windows(data)), now)).toBe(
    reason,
  );
});

test('an account for smart cards has no password that could be right', () => {
  const entry = entryOf({ userAccountControl: String(512 | 0x40000) });
  expect(bindRefusal(ad, entry, answer(49, windows('52e')), now)).toBe('smart_card_required');
  expect(bindRefusal(ad, entry, answer(49, windows('775')), now)).toBe('account_locked');
});

test.each([
  [0, 'password_expired'],
  [1, 'account_locked'],
  [2, 'must_change_password'],
  [7, 'wrong_password'],
])('error %s of the password policy: %s', (error, reason) => {
  expect(bindRefusal(ldap, entryOf(), answer(49, '', error), now)).toBe(reason);
});

test('what an administrator locked is not said to have been locked by wrong passwords', () => {
  const byAdministrator = entryOf({ pwdAccountLockedTime: '000001010000Z' });
  expect(bindRefusal(ldap, byAdministrator, answer(49, '', 1), now)).toBe('account_disabled');
  const byGuesses = entryOf({ pwdAccountLockedTime: '20260101000000Z' });
  expect(bindRefusal(ldap, byGuesses, answer(49, '', 1), now)).toBe('account_locked');
});

describe('a directory that says yes', () => {
  test('is believed', () => {
    expect(
      bindRefusal(ad, entryOf({ userAccountControl: '512', accountExpires: '0' }), answer(0), now),
    ).toBeUndefined();
    expect(bindRefusal(ldap, entryOf(), answer(0), now)).toBeUndefined();
  });
  test('but not when the password must be changed first, or the entry says no', () => {
    expect(bindRefusal(ldap, entryOf(), answer(0, '', 2), now)).toBe('must_change_password');
    expect(bindRefusal(ldap, entryOf({ nsAccountLock: 'TRUE' }), answer(0), now)).toBe('account_disabled');
    expect(bindRefusal(ad, entryOf({ userAccountControl: '514' }), answer(0), now)).toBe('account_disabled');
    expect(bindRefusal(ad, entryOf({ accountExpires: '132223104000000000' }), answer(0), now)).toBe(
      'account_expired',
    );
  });
});

test('without a reason the entry has one, or there is none', () => {
  expect(bindRefusal(ldap, entryOf({ pwdAccountLockedTime: '20260101000000Z' }), answer(49), now)).toBe(
    'account_locked',
  );
  expect(bindRefusal(ldap, entryOf({ nsAccountLock: 'true' }), answer(53), now)).toBe('account_disabled');
  expect(bindRefusal(ldap, entryOf(), answer(19, 'Exceed password retry limit'), now)).toBe('account_locked');
  expect(bindRefusal(ldap, entryOf(), answer(48), now)).toBe('wrong_password');
  expect(bindRefusal(ldap, entryOf(), answer(53), now)).toBe('refused_by_directory');
});

describe('entries as people', () => {
  const guid = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  test('of Active Directory', () => {
    const entry = entryOf({
      sAMAccountName: 'alice',
      userPrincipalName: 'alice.smith@corp.example.test',
      displayName: 'Alice',
      mail: ' alice@example.test ',
      otherMobile: ['+49170', '+49171'],
      objectGUID: guid,
      userAccountControl: '512',
      accountExpires: '9223372036854775807',
    });
    expect(readUser(ad, entry, now)).toEqual({
      guid: '00112233-4455-6677-8899-aabbccddeeff',
      dn: 'cn=a',
      username: 'alice',
      login_names: ['alice', 'alice.smith@corp.example.test'],
      full_name: 'Alice',
      email: 'alice@example.test',
      phone: '+49170',
      enabled: true,
    });
  });

  test('with other attributes, bytes that are no text, and characters that no field has', () => {
    const names = { username: 'mail', guid: 'GUID', full_name: 'displayName', email: '', phone: '' };
    const of = settingsOf('ldap', { attributes: names });
    const entry = entryOf({
      mail: 'a@x',
      guid: Buffer.from('ff00', 'hex'),
      displayName: 'A\u0000\nB',
      mobile: Buffer.from('ff', 'hex'),
    });
    expect(readUser(of, entry, now)).toMatchObject({
      username: 'a@x',
      guid: 'ff00',
      full_name: 'A B',
      phone: '',
    });
  });

  test('without a user name nobody, without a number an error that says which', () => {
    expect(readUser(ldap, entryOf({ entryUUID: 'x' }), now)).toBeUndefined();
    expect(readUser(ldap, entryOf({ uid: 'a'.repeat(257), entryUUID: 'x' }), now)).toBeUndefined();
    expect(() => readUser(ldap, entryOf({ uid: 'a' }), now)).toThrow(/cn=a has no entryUUID/);
  });

  test('userAccountControl may be written with a sign', () => {
    expect(stateRefusal(ad, entryOf({ userAccountControl: '-2147483134' }), now)).toBe('account_disabled');
    expect(stateRefusal(ad, entryOf({ userAccountControl: 'x' }), now)).toBeUndefined();
  });
});
