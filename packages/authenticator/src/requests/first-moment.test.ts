// When a press counts as an answer.
import { expect, test } from 'vitest';
import { firstMoment } from './first-moment.ts';

test('a press counts 600 ms after the request came, and again only 600 ms after it came back into sight', () => {
  let now = 1000;
  const moment = firstMoment({ now: () => now, isLookedAt: () => true });
  now = 1599;
  expect(moment.isOver()).toBe(false);
  now = 1600;
  expect(moment.isOver()).toBe(true);
  now = 60_000;
  moment.restart();
  expect(moment.isOver()).toBe(false);
  now = 60_600;
  expect(moment.isOver()).toBe(true);
});

test('a press on a window that is not looked at never counts', () => {
  let now = 0;
  let isLookedAt = false;
  const moment = firstMoment({ now: () => now, isLookedAt: () => isLookedAt });
  now = 60_000;
  expect(moment.isOver()).toBe(false);
  isLookedAt = true;
  expect(moment.isOver()).toBe(true);
});
