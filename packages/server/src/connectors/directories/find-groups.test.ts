// Whether groups still stand where they are remembered to, wherever in the directory that is.
import { expect, test } from 'vitest';
import { settingsOf } from './directory-settings.test-support.ts';
import { DirectoryRefused } from './failure.ts';
import { areUnmoved, type Group } from './find-groups.ts';
import type { HostSession } from './host-session.ts';

const groupAt = (dn: string): Group => ({ dn, key: dn, relativeId: undefined, policy: { kind: 'unsaid' } });
const near = groupAt('cn=near,dc=here');
const far = groupAt('cn=far,o=there');

test('a group in another naming context is looked for by its own base', async () => {
  const standing = new Set([near.dn, far.dn]);
  const asked: string[] = [];
  const session: Pick<HostSession, 'search'> = {
    async search({ base, scope, filter }) {
      asked.push(base);
      if (scope === 'base' && !standing.has(base)) throw new DirectoryRefused('base_read', 'noSuchObject');
      const found = [...standing].filter((dn) =>
        scope === 'base' ? dn === base : dn.endsWith(base) && filter.toString().includes(dn),
      );
      const entries = found.map((dn) => ({ dn, attributes: new Map() }));
      return { result: { code: 0, diagnostic: '', referrals: [] }, entries, cookie: Buffer.alloc(0) };
    },
  };
  const bases = {
    ...{ people: 'dc=here', groups: 'dc=here' },
    root: { domainBase: '', configurationBase: '', bases: [] },
  };
  const unmoved = (...groups: readonly Group[]) =>
    areUnmoved(settingsOf('ldap'), session as HostSession, bases, {
      mandatory: undefined,
      teams: groups.map((group) => ({ group, team: 'Staff' })),
    });
  expect(await unmoved(near, far)).toBe(true);
  expect(asked.splice(0)).toEqual(['dc=here', far.dn]);
  expect(await unmoved(far)).toBe(true);
  expect(asked).toEqual([far.dn]);
  standing.delete(far.dn);
  expect([await unmoved(near, far), await unmoved(near)]).toEqual([false, true]);
  standing.delete(near.dn);
  expect(await unmoved(near)).toBe(false);
});
