import { expect, test } from 'vitest';
import { moved, risksOf } from './radius-client-fields.ts';

test('a home server is moved to another place, and nowhere else', () => {
  const ids = ['a', 'b', 'c'];
  expect(moved(ids, 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(ids, 2, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(ids, 0, -1)).toBe(ids);
  expect(moved(ids, 2, 3)).toBe(ids);
  expect(moved(ids, -1, 0)).toBe(ids);
});

test('what opens a door is told', () => {
  expect(risksOf({ message_authenticator: 'require', relay: false })).toEqual([]);
  expect(risksOf({ message_authenticator: 'off', relay: true })).toEqual(['off', 'relay']);
});
