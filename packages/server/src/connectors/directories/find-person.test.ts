// Groups that are moved in the directory while they are remembered: nobody counts as not in one for where it stood.
import { expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import type { DirectorySettings, IsMeant } from '#core/user-sources/directory.ts';
import { Secret } from '#platform/secret.ts';
import { settingsOf } from './directory-settings.test-support.ts';
import { DirectoryRefused } from './failure.ts';
import { findPerson } from './find-person.ts';
import type { HostSession } from './host-session.ts';
import { createRemembered } from './remembered.ts';

const base = 'dc=example,dc=test';
const dn = `cn=alice,${base}`;
const places = { groups: `cn=staff,ou=groups,${base}`, people: `cn=staff,ou=people,${base}` };

/** Alice and one group, told apart by what is asked for. */
function open(kind: DirectorySettings['kind']) {
  const group = { dn: places.groups, members: [] as string[] };
  const asked = { group: 0, place: 0 };
  const bound: (readonly string[])[] = [];
  let meanwhile = (): void => undefined;
  let takesPlaces = true;
  const attributes = new Map([
    ['uid', [Buffer.from('alice')]],
    ['samaccountname', [Buffer.from('alice')]],
    ['entryuuid', [Buffer.from('guid of alice')]],
    ['objectguid', [Buffer.alloc(16, 1)]],
  ]);
  const answer = (text: string): readonly string[] => {
    const isAtPlace = text.includes(`=${group.dn})`);
    if (text.includes('(cn=staff)')) {
      asked.group += 1;
      return [group.dn];
    }
    if (text.includes('(member')) {
      const found = group.members.includes(dn) && (kind === 'ldap' || isAtPlace) ? [group.dn] : [];
      meanwhile();
      return text.includes(dn) ? found : [];
    }
    if (!/entryDN|distinguishedName/.test(text)) return [dn];
    asked.place += 1;
    if (!takesPlaces) throw new DirectoryRefused('base_read', 'not to be asked for');
    return isAtPlace ? [group.dn] : [];
  };
  const session: HostSession = {
    host: { host: 'localhost', port: 636 },
    search: async ({ filter }) => ({
      result: { code: 0, diagnostic: '', referrals: [] },
      entries: answer(filter.toString()).map((name) => ({ dn: name, attributes })),
      cookie: Buffer.alloc(0),
    }),
    bindAs: async (name, password) => {
      bound.push([name, password.reveal()]);
      return { result: { code: 0, diagnostic: '', referrals: [] }, policyError: undefined };
    },
    modify: () => expect.unreachable('nothing is changed'),
    readRoot: async () => ({ domainBase: base, configurationBase: '', bases: [base] }),
    withOwn: () => expect.unreachable('nobody is listed'),
  };
  const clock = createHandClock();
  const settings = settingsOf(kind, { base_dn: base, groups: [{ group: 'staff', team: 'Staff' }] });
  const wanted = {
    settings,
    remembered: createRemembered(clock),
    clock,
    password: null,
    anew: false,
    records: false,
  };
  return {
    ...{ group, asked, bound },
    check: (password: string, isMeant?: IsMeant) =>
      findPerson(
        { ...wanted, isMeant, password: new Secret(password), name: { kind: 'plain', user: 'alice' } },
        session,
      ),
    teams: async () => {
      const found = await findPerson({ ...wanted, name: { kind: 'plain', user: 'alice' } }, session);
      return found.kind === 'found' ? found.user.teams : found.kind;
    },
    refusePlaces: () => (takesPlaces = false),
    meanwhile: (change: () => void) => (meanwhile = change),
  };
}

test.each(['ldap', 'active_directory'] as const)(
  'put into a group that was just moved (%s)',
  async (kind) => {
    const { group, asked, teams } = open(kind);
    expect(await teams()).toEqual([]);
    expect(await teams()).toEqual([]);
    // Who is in none costs one search more, and no reading of groups.
    expect(asked).toEqual({ group: 1, place: 2 });
    group.dn = places.people;
    group.members.push(dn);
    expect(await teams()).toEqual(['Staff']);
    const before = { ...asked };
    expect(await teams()).toEqual(['Staff']);
    expect(asked).toEqual(before);
  },
);

test('where a server does not tell of places, groups are read anew each time', async () => {
  const { group, asked, teams, refusePlaces } = open('ldap');
  refusePlaces();
  expect(await teams()).toEqual([]);
  group.dn = places.people;
  group.members.push(dn);
  expect(await teams()).toEqual(['Staff']);
  expect(asked.place).toBe(2);
});

test('moved again while it is looked at, nobody is let in', async () => {
  const { group, teams, meanwhile } = open('ldap');
  meanwhile(() => (group.dn = group.dn === places.people ? places.groups : places.people));
  await expect(teams()).rejects.toThrow('a group was moved or renamed meanwhile');
});

test.each(['ldap', 'active_directory'] as const)(
  'the password of nobody is tried whom the name does not mean, and it is as much work (%s)',
  async (kind) => {
    const { bound, check } = open(kind);
    const people: string[] = [];
    const found = await check('secret', ({ username }) => people.push(username) > 0);
    expect([found.kind, people, bound.splice(0)]).toEqual(['found', ['alice'], [[dn, 'secret']]]);
    const other = await check('secret', () => false);
    expect(other).toMatchObject({ kind: 'refused', unchecked: true, user: { username: 'alice' } });
    expect(bound.splice(0)).toEqual([[`cn=nobody,${base}`, 'nobody has this password']]);
    // What is no password anywhere is sent for nobody.
    await check('a\0b', () => false);
    await check('a\0b');
    expect(bound).toEqual([]);
  },
);
