import { expect, test } from 'vitest';
import { bodyOf, readGroups, writeGroups } from './source-fields.ts';

test('groups are typed one a line, and a DN with its equal signs is one group', () => {
  const pairs = [
    { group: 'CN=VPN,OU=Groups,DC=corp', team: 'VPN' },
    { group: 'Admins', team: 'Root' },
  ];
  expect(readGroups('CN=VPN,OU=Groups,DC=corp => VPN\n\n Admins=>Root ')).toEqual(pairs);
  expect(readGroups(writeGroups(pairs))).toEqual(pairs);
  expect(readGroups('no arrow')).toBeUndefined();
  expect(readGroups('=> team')).toBeUndefined();
  expect(readGroups('')).toEqual([]);
});

test('what was left empty is none, and a password that was not typed is not sent', () => {
  expect(bodyOf({ ca: '', mandatory_group: '', groups: '', bind_password: '', name: 'x' })).toEqual({
    ca: null,
    mandatory_group: null,
    groups: [],
    name: 'x',
  });
  expect(bodyOf({ bind_password: 'secret' })).toEqual({ bind_password: 'secret' });
  expect(bodyOf({ shared_secret: '' })).toEqual({});
});

test('hours are told of a cache that is on; one that is off has none', () => {
  expect(bodyOf({ cache: false, cache_hours: 12 })).toEqual({ cache_hours: null });
  expect(bodyOf({ cache: true }, { cache: true, cache_hours: 12 })).toEqual({ cache_hours: 12 });
  expect(bodyOf({ cache_hours: 3 }, { cache: true, cache_hours: 3 })).toEqual({ cache_hours: 3 });
  expect(bodyOf({ name: 'x' }, { name: 'x', cache: true, cache_hours: 3 })).toEqual({ name: 'x' });
});
