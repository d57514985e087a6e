import { expect, test } from 'vitest';
import { relativeText } from './time.tsx';

const minute = 60_000;

test.each([
  [-59_000, undefined],
  [-minute, '1 minute ago'],
  [-61 * minute, '1 hour ago'],
  [-26 * 60 * minute, 'yesterday'],
  [3 * 24 * 60 * minute, 'in 3 days'],
  [-400 * 24 * 60 * minute, 'last year'],
])('%d ms', (distance, text) => {
  expect(relativeText('en', distance)).toBe(text);
});

test('in the language of the page', () => {
  expect(relativeText('de', -2 * minute)).toBe('vor 2 Minuten');
});
