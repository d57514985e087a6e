import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consequenceOf, leftAloneUntil, patience } from './challenge.ts';

test('the phone is left alone only after patience is used up, then longer each time, an hour at most', () => {
  const minutes = (streak: number) => {
    const until = leftAloneUntil(streak, 0);
    return until === null ? null : until / 60_000;
  };
  expect([0, 1, 2].map(minutes)).toEqual([null, null, null]);
  expect([3, 4, 5, 6, 7, 8, 9, 10].map(minutes)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('however long the streak, the pause stays between a minute and an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: patience, max: 1e9 }), (streak) => {
      const pause = leftAloneUntil(streak, 1000);
      return pause !== null && pause - 1000 >= 60_000 && pause - 1000 <= 3_600_000;
    }),
  );
});

test.each([
  ['approved', null, 'forgive'],
  ['denied', 'denied_by_user', 'count'],
  ['denied', 'wrong_number', 'count'],
  ['expired', 'expired', 'count'],
  ['denied', 'reported_by_user', 'hold'],
  ['cancelled', 'cancelled', 'none'],
  ['expired', 'unknown_user', 'none'],
] as const)('%s because of %s: %s', (status, reason, consequence) => {
  expect(consequenceOf({ status, reason })).toBe(consequence);
});
