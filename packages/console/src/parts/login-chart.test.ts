import { expect, test } from 'vitest';
import { niceCeiling } from './login-chart.tsx';

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
