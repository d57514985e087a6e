import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRetryAfter } from './post-push.ts';

const now = Date.parse('Mon, 21 Sep 2026 12:00:00 GMT');

test('RFC 9110 10.2.3 Retry-After', () => {
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('0', now)).toBe(0);
  expect(readRetryAfter('Mon, 21 Sep 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(readRetryAfter('Mon, 21 Sep 2026 11:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('999999999', now)).toBe(86_400_000);
  for (const text of [undefined, '', '-1', '1.5', 'soon', '2026-09-21', '1e3'])
    expect(readRetryAfter(text, now)).toBeUndefined();
});

test('whatever a push service says, the wait is a number from nothing to a day', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (text) => {
        const ms = readRetryAfter(text, now) ?? 0;
        expect(ms >= 0 && ms <= 86_400_000).toBe(true);
      },
    ),
  );
});
