import { expect, test } from 'vitest';
import { moved } from './order-list.tsx';

test('an item is moved to another place, and nowhere else', () => {
  const ids = ['a', 'b', 'c'];
  expect(moved(ids, 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(ids, 2, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(ids, 0, -1)).toBe(ids);
  expect(moved(ids, 2, 3)).toBe(ids);
  expect(moved(ids, -1, 0)).toBe(ids);
});
