import { expect, test } from 'vitest';
import { marksOf, niceCeiling } from './login-chart.tsx';

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [5, 5],
  [6, 10],
  [11, 20],
  [99, 100],
  [101, 200],
  [4321, 5000],
])('above %d the line stands at %d', (value, top) => {
  expect(niceCeiling(value)).toBe(top);
});

const hour = 3_600_000;
test.each([
  [24, hour, [3, 8, 13, 18, 23]],
  [28, 6 * hour, [3, 11, 19, 27]],
  [30, 24 * hour, [5, 11, 17, 23, 29]],
  [2, hour, [0, 1]],
])('of %d bars those as far from one another have a time', (count, length, marks) => {
  expect(marksOf(count, length)).toEqual(marks);
});
