import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationOf, englishDuration, readEnglishDuration } from './duration.ts';

test.each([
  [30, '1 minute'],
  [600, '10 minutes'],
  [3600, '1 hour'],
  [5400, '1.5 hours'],
  [86_400, '1 day'],
  [129_600, '36 hours'],
  [259_200, '3 days'],
  [604_800, '7 days'],
])('%i seconds are %s', (seconds, text) => {
  expect(englishDuration(seconds)).toBe(text);
});

test('what was said is read back; anything else is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 * 86_400 }), (seconds) => {
      expect(readEnglishDuration(englishDuration(seconds))).toEqual(durationOf(seconds));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void readEnglishDuration(text)));
  expect(readEnglishDuration('a week')).toBeUndefined();
});
