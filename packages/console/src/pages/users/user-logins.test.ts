import { expect, test } from 'vitest';
import { isReleased, isToldAbove } from './user-logins.tsx';

const free = { requests_held: false, left_alone_until: null };

test('nobody is told to release requests that are released', () => {
  for (const reason of ['requests_held', 'reported_by_user'] as const) {
    expect(isReleased({ reason }, free, 5)).toBe(true);
    expect(isReleased({ reason }, { ...free, requests_held: true }, 5)).toBe(false);
  }
  expect(isReleased({ reason: 'left_alone' }, free, 5)).toBe(true);
  expect(isReleased({ reason: 'left_alone' }, { ...free, left_alone_until: 5 }, 5)).toBe(true);
  expect(isReleased({ reason: 'left_alone' }, { ...free, left_alone_until: 6 }, 5)).toBe(false);
  expect(isReleased({ reason: 'wrong_password' }, free, 5)).toBe(false);
});

test('what the page begins with is not told a second time, anything else is', () => {
  const held = { ...free, requests_held: true };
  expect(isToldAbove({ reason: 'reported_by_user' }, held, 5)).toBe(true);
  expect(isToldAbove({ reason: 'requests_held' }, free, 5)).toBe(false);
  expect(isToldAbove({ reason: 'wrong_password' }, held, 5)).toBe(false);
  expect(isToldAbove({ reason: 'left_alone' }, { ...free, left_alone_until: 6 }, 5)).toBe(true);
  expect(isToldAbove({ reason: 'left_alone' }, { ...free, left_alone_until: 5 }, 5)).toBe(false);
});
