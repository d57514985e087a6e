import type { Activity } from '@countersign/contract/models.ts';
import { expect, test } from 'vitest';
import { begun, brought, continued, put, taken, unsure } from './live-list.ts';

const item = (number: number, status: Activity['status'] = 'approved'): Activity =>
  ({ id: `req_${String(number).padStart(3, '0')}`, created_at: number, status }) as Activity;
const page = (numbers: readonly number[], next_cursor: string | null = null) => ({
  items: numbers.map((number) => item(number)),
  next_cursor,
});
const numbers = (items: readonly Activity[]) => items.map(({ created_at: at }) => at);

test('what is new comes on top at once while nobody reads', () => {
  const list = brought(begun(page([2, 1])), page([3, 2, 1]), false);
  expect([numbers(list.shown), numbers(list.waiting)]).toEqual([[3, 2, 1], []]);
});

test('what is new waits while somebody reads; what changed is put right in its place', () => {
  const first = begun({ items: [item(2, 'pending'), item(1)], next_cursor: null });
  const list = brought(first, page([4, 3, 2, 1]), true);
  expect([numbers(list.shown), numbers(list.waiting)]).toEqual([
    [2, 1],
    [4, 3],
  ]);
  expect(list.shown[0]?.status).toBe('approved');
  expect(numbers(brought(list, page([5, 4, 3, 2, 1]), true).waiting)).toEqual([5, 4, 3]);
  expect(numbers(taken(list).shown)).toEqual([4, 3, 2, 1]);
});

test('more than a page of new ones take the place of all that was shown', () => {
  const list = brought(begun(page([2, 1], 'old')), page([9, 8], 'new'), true);
  expect(list.isTorn).toBe(true);
  expect(taken(list)).toMatchObject({ cursor: 'new', isTorn: false });
  expect(numbers(taken(list).shown)).toEqual([9, 8]);
});

test('pages further down are added once', () => {
  const list = continued(begun(page([4, 3], 'a')), page([3, 2], 'b'));
  expect([numbers(list.shown), list.cursor]).toEqual([[4, 3, 2], 'b']);
  expect(numbers(brought(list, page([4, 1]), false).shown)).toEqual([4, 3, 2]);
});

test('pending ones that left the newest page are asked for', () => {
  const list = begun({ items: [item(3), item(2, 'pending'), item(1)], next_cursor: null });
  expect(unsure(list, page([3]), ['req_001'])).toEqual(['req_002', 'req_001']);
  expect(put(list, [item(2)]).shown[1]?.status).toBe('approved');
});
