import { expect, test } from 'vitest';
import { changedFields, changeOf } from './changed-fields.ts';

const before = { name: 'VPN', enabled: true, email: 'ann@example.org' };

test('a change tells what was and is where it is a name or a switch, and of all else only the field', () => {
  const changes = { name: 'Office', enabled: false, email: 'bob@example.org' };
  expect(changeOf([...changedFields(before, changes), 'shared_secret'], before, changes)).toEqual({
    changed: ['name', 'enabled', 'email', 'shared_secret'],
    ...{ name: 'Office', name_before: 'VPN', enabled: false },
  });
  const same = { name: 'VPN', email: '' };
  expect(changeOf(changedFields(before, same), before, same)).toEqual({ changed: ['email'] });
});

test.each([
  ['second_factor', 'push', 'by_team'],
  ['device_mode', 'single', 'multiple'],
  ['user_verification', 'required', 'off'],
  ['authorisation', 'open', 'closed'],
  ['enrolment', 'closed', 'open'],
  ['unreachable_grace_seconds', 0, 86_400],
  ['device_limit', 1, null],
  ['external_guid', '', 'of somebody else'],
  ['mandatory_group', 'staff', null],
  ['hosts', ['dc1.example.com'], ['dc1.example.com', 'dc2.example.com']],
  ['user_filter', '', '(objectClass=*)'],
  ['group_policy_attribute', 'info', ''],
])('a change of %s tells what it was and is', (field, was, is) => {
  expect(changeOf([field], { [field]: was }, { [field]: is })).toEqual({
    ...{ changed: [field], [field]: is, [`${field}_before`]: was },
  });
});

test('of a hundred groups only those are told that came and went', () => {
  const groupsFrom = (from: number) =>
    Array.from({ length: 100 }, (_, n) => ({ group: `group ${from + n}`, team: `Team ${from + n}` }));
  expect(changeOf(['groups'], { groups: groupsFrom(0) }, { groups: groupsFrom(1) })).toEqual({
    changed: ['groups'],
    groups_added: [{ group: 'group 100', team: 'Team 100' }],
    groups_removed: [{ group: 'group 0', team: 'Team 0' }],
  });
  // Another team for a group is another one.
  const [staff, all] = [
    { group: 'staff', team: 'Staff' },
    { group: 'staff', team: 'All' },
  ];
  expect(changeOf(['groups'], { groups: [staff] }, { groups: [all] })).toMatchObject({
    ...{ groups_added: [all], groups_removed: [staff] },
  });
});
