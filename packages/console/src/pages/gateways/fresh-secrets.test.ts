// A secret that is shown once is not in memory for ever.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sessionState } from '../../api/session.ts';
import { freshSecret, keepSecret, newSecret } from './fresh-secrets.ts';

const session = { administrator: { id: 'adm_1' } } as unknown as Session;
const minutes = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('after half an hour it is forgotten, and one that took its place is not', () => {
  keepSecret('rcl_1', 'first');
  vi.advanceTimersByTime(20 * minutes);
  keepSecret('rcl_1', 'second');
  vi.advanceTimersByTime(29 * minutes);
  expect(freshSecret('rcl_1')).toBe('second');
  vi.advanceTimersByTime(minutes);
  expect(freshSecret('rcl_1')).toBeUndefined();
});

test('the end of the session takes it away at once', () => {
  sessionState.change(() => ({ status: 'signed_in', session }));
  keepSecret('rcl_2', 'secret');
  expect(freshSecret('rcl_2')).toBe('secret');
  sessionState.change(() => ({ status: 'signed_out', session, expired: true }));
  expect(freshSecret('rcl_2')).toBeUndefined();
});

test('one that is made here has 192 bits, in letters that every gateway takes', () => {
  const made = Array.from({ length: 50 }, newSecret);
  expect(new Set(made).size).toBe(50);
  for (const secret of made) expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
});
