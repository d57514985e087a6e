import { expect, test } from 'vitest';
import { externalIdOf } from './users-like.ts';

test('ids that differ only far behind stay two', () => {
  const long = 'x'.repeat(128);
  expect(externalIdOf(long)).toBe(long);
  const [one, other] = [externalIdOf(`${long}1`), externalIdOf(`${long}2`)];
  expect(one).toMatch(/^sha256:[\w-]{43}$/);
  expect(other).not.toBe(one);
});
