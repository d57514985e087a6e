import { NewOpenidProvider } from '@countersign/contract/openid-models.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPerson } from './read-person.ts';

const settings = (fields: object = {}) =>
  NewOpenidProvider.parse({ name: 'n', issuer: 'https://id.example', ...fields });
const alice = { sub: '1', preferred_username: 'alice', email: 'alice@Example.org', email_verified: true };

test('claims become a person by the map; the id is made of issuer and subject', () => {
  const read = readPerson(
    settings({ claim_groups: 'https://ns.example/groups', groups: [{ group: 'vpn', team: 'VPN' }] }),
    { ...alice, name: 'Alice', phone_number: '+49 170', 'https://ns.example/groups': ['vpn', 7] },
  );
  expect(read).toMatchObject({
    person: {
      username: 'alice',
      full_name: 'Alice',
      email: 'alice@Example.org',
      teams: ['VPN'],
      subject: '1',
    },
  });
  const guid = (issuer: string, claims: object) => {
    const other = readPerson(settings({ issuer }), { ...alice, ...claims });
    return other.kind === 'person' ? other.person.guid : '';
  };
  const guids = [
    guid('https://id.example', {}),
    guid('https://id.example', { sub: '2' }),
    guid('https://other.example', {}),
  ];
  expect(new Set(guids).size).toBe(3);
  expect(guid('https://id.example', { preferred_username: 'renamed' })).toBe(guids[0]);
});

test.each([
  [{}, { sub: undefined }, 'id_missing'],
  [{}, { preferred_username: ' ' }, 'username_missing'],
  [{}, { preferred_username: ['alice'] }, 'username_missing'],
  [{ email_domains: ['example.org'] }, { email: 'alice@example.org.evil' }, 'email_domain'],
  [{ email_domains: ['example.org'] }, { email: undefined }, 'email_domain'],
  [{ email_domains: ['example.org'] }, { email: 'example.org' }, 'email_domain'],
  [{ email_domains: ['example.org'] }, { email: '@example.org' }, 'email_domain'],
  [{ email_domains: ['example.org'] }, { email_verified: false }, 'email_unverified'],
  [{ claim_username: 'email' }, { email_verified: 'false' }, 'email_unverified'],
  [{ claim_username: 'email', claim_email: '' }, { email_verified: false }, 'email_unverified'],
  [{ claim_id: 'email' }, { email_verified: false }, 'email_unverified'],
  [{ claim_groups: 'g', mandatory_group: 'staff' }, { g: ['Staff'] }, 'group_missing'],
  [{ claim_groups: 'g', mandatory_group: 'staff' }, {}, 'group_missing'],
] as const)('%j with %j: %s', (fields, claims, refusal) => {
  expect(readPerson(settings(fields), { ...alice, ...claims })).toMatchObject({ kind: 'refused', refusal });
});

test('an address that the provider calls unverified is not kept; a domain counts in any letter case', () => {
  expect(readPerson(settings(), { ...alice, email_verified: false })).toMatchObject({
    person: { email: '' },
  });
  expect(readPerson(settings({ email_domains: ['EXAMPLE.org'] }), alice)).toMatchObject({ kind: 'person' });
});

test('whatever a provider claims, it is a person or a refusal', () => {
  const fields = settings({ claim_groups: 'a.b.c', mandatory_group: 'x', email_domains: ['example.org'] });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), (claims) => {
      expect(['person', 'refused']).toContain(readPerson(fields, claims).kind);
    }),
  );
  expect(readPerson(settings({ claim_username: '__proto__.toString' }), alice).kind).toBe('refused');
});
