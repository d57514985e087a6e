import { expect, test } from 'vitest';
import { judgePassword } from './judge-password.ts';

test.each([
  ['', 'too_short'],
  ['fourteen chars', 'too_short'],
  ['aaaaaaaaaaaaaaaaaaaa', 'repeats'],
  ['abababababababababab', 'repeats'],
  ['1234567890123456789', 'sequence'],
  ['abcdefghijklmnopqrstuv', 'sequence'],
  ['olivia-olivia-x', 'contains_name'],
  ['olivia likes long walks and quiet nights', 'good'],
  ['correct horse battery', 'good'],
  ['𝒜ß🙂 lamp ocean 7', 'good'],
])('%s is %s', (password, verdict) => {
  expect(judgePassword(password, 'Olivia').verdict).toBe(verdict);
});

test('how much is missing is counted in characters, and a longer one fills the meter', () => {
  expect(judgePassword('🙂🙂', 'x')).toMatchObject({ missing: 13, level: 0 });
  const [good, better] = ['correct horse ba', 'correct horse battery staple'].map((text) =>
    judgePassword(text, 'x'),
  );
  expect([good?.level, better?.level]).toEqual([3, 4]);
});
