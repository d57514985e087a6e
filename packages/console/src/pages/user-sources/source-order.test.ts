// Where a RADIUS source should be last.
import { expect, test } from 'vitest';
import { radiusAboveOthers } from './source-order.ts';

const [radius, ldap] = (['radius', 'ldap'] as const).map((kind) => ({ name: kind, kind, enabled: true }));

test('a RADIUS source above a directory that is asked', () => {
  const names = (...sources: (typeof radius)[]) =>
    radiusAboveOthers(sources.map((each) => each!)).map(({ name }) => name);
  expect(names(radius, ldap)).toEqual(['radius']);
  expect(names(ldap, radius)).toEqual([]);
  expect(names(radius, radius)).toEqual([]);
  expect(names(radius, { ...ldap!, enabled: false })).toEqual([]);
  expect(names({ ...radius!, enabled: false }, ldap)).toEqual([]);
});
