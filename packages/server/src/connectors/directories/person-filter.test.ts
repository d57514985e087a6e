// Typed names as filters on the wire: whatever is typed stays a value.
import { BerReader, BerWriter, type Filter, FilterParser } from 'ldapts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { settingsOf } from './directory-settings.test-support.ts';
import { parseLoginName } from './login-name.ts';
import { equals, personFilter } from './person-filter.ts';

const settings = (
  kind: DirectorySettings['kind'],
  more: Partial<DirectorySettings> = {},
): DirectorySettings => settingsOf(kind, { upn_suffixes: ['@Other.example'], ...more });

async function meant(of: DirectorySettings, typed: string, netbios = 'CORPORATION'): Promise<string> {
  const name = parseLoginName(typed);
  if (name.kind === 'unusable') return 'unusable';
  const found = await personFilter(of, name, async () => netbios);
  return found.kind === 'nobody' ? found.why : found.filter.toString();
}

const person = '(objectCategory=person)(objectClass=user)(sAMAccountName=*)';

test('Active Directory: the domain is appended, other suffixes must be allowed', async () => {
  const ad = settings('active_directory');
  const own = `(&${person}(|(userPrincipalName=alice@corp.example)(sAMAccountName=alice)))`;
  expect(await meant(ad, 'alice')).toBe(own);
  expect(await meant(ad, 'alice@CORP.example')).toBe(own);
  expect(await meant(ad, 'alice@other.example')).toBe(
    `(&${person}(|(userPrincipalName=alice@other.example)))`,
  );
  expect(await meant(ad, 'alice@evil.example')).toMatch(/evil\.example is not one of this user source/);
  const down = `(&${person}(|(sAMAccountName=alice)))`;
  for (const typed of ['CORP\\alice', 'corp.example\\alice', 'Corporation\\alice'])
    expect(await meant(ad, typed)).toBe(down);
  expect(await meant(ad, 'EVIL\\alice')).toMatch(/evil is not that of this user source/);
  expect(await meant(settings('active_directory', { user_filter: '(department=IT)' }), 'alice')).toMatch(
    /\(department=IT\)\)$/,
  );
});

test('LDAP: a name may hold an @ itself', async () => {
  const ldap = settings('ldap');
  expect(await meant(ldap, 'alice')).toBe('(&(uid=*)(|(uid=alice)))');
  expect(await meant(ldap, 'alice@corp.example')).toBe('(&(uid=*)(|(uid=alice@corp.example)(uid=alice)))');
  expect(await meant(ldap, 'alice@evil.example')).toBe('(&(uid=*)(|(uid=alice@evil.example)))');
  expect(await meant(ldap, 'EVIL\\alice')).toMatch(/not that of this user source/);
});

test('what looks like a filter is written so that it is none (RFC 4515 3)', async () => {
  expect(await meant(settings('ldap'), '*)(uid=*')).toBe('(&(uid=*)(|(uid=\\2a\\29\\28uid=\\2a)))');
  await expect(meant(settings('ldap', { user_filter: '(uid=' }), 'alice')).rejects.toThrow(
    /not written correctly/,
  );
});

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'*()&|!=\\<>~:2a8905cé\u202e') }),
  fc.constantFrom('*', '*)(uid=*', 'x)(|(uid=*', '\\2a', '\\00', 'a\\2a', 'ａ', '))((', '(objectClass=*)'),
);

test('as text and on the wire a value comes back as it was, and the filter has the same form', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const filter = equals('uid', value);
      for (const back of [FilterParser.parseString(filter.toString()), throughWire(filter)])
        expect(back).toMatchObject({ type: filter.type, attribute: 'uid', value });
    }),
  );
});

test('no name makes another filter than one with two alternatives', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (typed) => {
      const name = parseLoginName(typed);
      if (name.kind === 'unusable') return;
      const found = await personFilter(settings('active_directory'), name, async () => '');
      if (found.kind === 'nobody') return;
      const shape = (filter: Filter): string =>
        JSON.stringify(filter, (key, value: unknown) => (key === 'value' ? 0 : value)).toLowerCase();
      expect(shape(FilterParser.parseString(found.filter.toString()))).toBe(shape(found.filter));
    }),
  );
});

function throughWire(filter: Filter): Filter {
  const writer = new BerWriter();
  filter.write(writer);
  return FilterParser.parse(new BerReader(writer.buffer));
}
