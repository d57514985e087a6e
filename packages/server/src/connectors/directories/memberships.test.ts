// Whose groups cannot be known as a whole is in none by mistake: it is refused, with the reason, and nobody else for it.
import { expect, test } from 'vitest';
import { settingsOf } from './directory-settings.test-support.ts';
import { DirectoryRefused, TooManyGroups, TooMuchToRead } from './failure.ts';
import type { HostSession } from './host-session.ts';
import { listPeople } from './list-people.ts';
import { membershipsOf } from './memberships.ts';
import { createRemembered } from './remembered.ts';

const root = { domainBase: '', configurationBase: '', bases: [] };
const success = { result: { code: 0, diagnostic: '', referrals: [] }, cookie: Buffer.alloc(0) };

/** @param above the groups that somebody or a group is in */
async function isStaff(above: (dn: string) => readonly string[]): Promise<boolean> {
  const session: Pick<HostSession, 'search'> = {
    async search({ filter, most }) {
      const [, dn = ''] = /\(member=([^)]*)\)/.exec(filter.toString()) ?? [];
      const entries = above(dn).map((each) => ({ dn: each, attributes: new Map() }));
      // As many as were asked for, and told to be so: RFC 4511 4.5.1.4.
      return { ...success, entries: entries.slice(0, most) };
    },
  };
  const group = {
    dn: 'cn=staff',
    key: 'cn=staff',
    relativeId: undefined,
    policy: { kind: 'unsaid' },
  } as const;
  const memberships = await membershipsOf(
    {
      ...{ settings: settingsOf('ldap'), session: session as HostSession, above: new Map() },
      bases: { people: 'dc=x', groups: 'dc=x', root },
      groups: { mandatory: undefined, teams: [{ group, team: 'Staff' }] },
    },
    { dn: 'uid=alice', attributes: new Map([['uid', [Buffer.from('alice')]]]) },
  );
  return memberships.has(group.key);
}

const groupsFrom = (count: number, last: string): readonly string[] => [
  ...Array.from({ length: count - 1 }, (_, n) => `cn=g${n}`),
  last,
];

test('in 1000 groups at once, each counts; with one more nobody is judged by those that came first', async () => {
  const inMany = (count: number) => (dn: string) => (dn === 'uid=alice' ? groupsFrom(count, 'cn=staff') : []);
  expect(await isStaff(inMany(1000))).toBe(true);
  await expect(isStaff(inMany(1001))).rejects.toThrow('uid=alice is in more than 1000 groups');
  await expect(isStaff(inMany(1500))).rejects.toThrow('uid=alice is in more than 1000 groups');
});

test('a group that is in too many counts as much', async () => {
  const above = (dn: string) =>
    dn === 'uid=alice' ? ['cn=crowded'] : dn === 'cn=crowded' ? groupsFrom(1001, 'cn=staff') : [];
  await expect(isStaff(above)).rejects.toThrow('in more than 1000 groups');
});

test('20 levels up are gone; what lies above is not taken for nothing', async () => {
  const upTo = (levels: number, at: number) => (dn: string) => {
    const level = dn === 'uid=alice' ? 0 : Number(/\d+/.exec(dn)?.[0] ?? levels);
    if (level >= levels) return [];
    return [level + 1 === at ? 'cn=staff' : `cn=g${level + 1}`];
  };
  expect(await isStaff(upTo(20, 20))).toBe(true);
  expect(await isStaff(upTo(20, 99))).toBe(false);
  await expect(isStaff(upTo(22, 99))).rejects.toThrow('more than 20 levels up');
  const inCircles = (dn: string) => [dn === 'cn=a' ? 'cn=b' : 'cn=a'];
  expect(await isStaff(inCircles)).toBe(false);
});

test('the limit of the server itself counts as much, and other refusals are not about the person', async () => {
  const failing = (error: Error) => () => {
    throw error;
  };
  await expect(isStaff(failing(new TooMuchToRead('base_read', 'sizeLimitExceeded')))).rejects.toThrow(
    TooManyGroups,
  );
  const refused = isStaff(failing(new DirectoryRefused('base_read', 'insufficientAccessRights')));
  await expect(refused).rejects.not.toThrow(TooManyGroups);
});

test('of everybody who is listed, only the one in too many groups is not judged', async () => {
  const above = new Map([
    ['uid=alice', groupsFrom(1001, 'cn=staff')],
    ['uid=bob', ['cn=staff']],
  ]);
  const entry = (uid: string, dn = `uid=${uid}`) => {
    const texts = { uid, entryuuid: `guid of ${uid}` };
    return {
      dn,
      attributes: new Map(Object.entries(texts).map(([key, text]) => [key, [Buffer.from(text)]])),
    };
  };
  const search: HostSession['search'] = async ({ filter, page }) => {
    const text = filter.toString();
    const [, dn = ''] = /\(member=([^)]*)\)/.exec(text) ?? [];
    const groups = text.includes('(cn=staff)') ? ['cn=staff'] : (above.get(dn) ?? []);
    const entries = page
      ? ['alice', 'bob', 'carol'].map((uid) => entry(uid))
      : groups.map((each) => entry('', each));
    return { ...success, entries };
  };
  const session: Pick<HostSession, 'search' | 'withOwn' | 'readRoot'> = {
    ...{ search, withOwn: (work) => work(search) },
    readRoot: async () => root,
  };
  const clock = { now: () => 0, monotonic: () => 0 };
  const settings = settingsOf('ldap', { base_dn: 'dc=x', mandatory_group: 'staff' });
  const listed: unknown[] = [];
  await listPeople(
    { settings, remembered: createRemembered(clock), clock },
    session as HostSession,
    async (page) => void listed.push(...page.map((each) => [each.username, each.too_many_groups])),
  );
  expect(listed).toEqual([
    ['alice', true],
    ['bob', undefined],
  ]);
});
