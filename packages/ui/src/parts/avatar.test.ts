import { expect, test } from 'vitest';
import { colourOf, initialOf } from './avatar.tsx';

test('an application has one initial and one colour', () => {
  expect(initialOf(' vpn')).toBe('V');
  expect(initialOf('')).toBe('?');
  expect(initialOf('𝒱pn')).toBe('𝒱');
  expect(colourOf('a')).toBe(colourOf('a'));
  expect(new Set([...'abcdefghijkl'].map(colourOf)).size).toBeGreaterThan(3);
});
