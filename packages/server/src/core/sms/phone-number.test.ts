import { smsRulesDefaults } from '@countersign/contract/sms-models.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedPrefix, maskNumber, readNumber } from './phone-number.ts';

test.each([
  ['+491701234567', '+491701234567'],
  ['00 49 (170) 123-45.67', '+491701234567'],
  [' +371 2000/0000 ', '+37120000000'],
  ['0170 1234567', undefined],
  ['+49170123456789012', undefined],
  ['+4917x', undefined],
  ['+49170\u0000123456', undefined],
  ['+49 170 1234567\r\nFrom: 1', undefined],
  ['', undefined],
])('%j is read as %j', (typed, number) => {
  expect(readNumber(typed)).toBe(number);
});

test('whatever is typed, what comes out is a number or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const number = readNumber(typed);
      return number === undefined || /^\+[1-9][0-9]{4,14}$/.test(number);
    }),
  );
});

test('nothing is allowed that no prefix allows; the longest prefix decides, and a blocked one at a draw', () => {
  const at = (allowed: string[], blocked: string[], number: string) =>
    allowedPrefix({ allowed_prefixes: allowed, blocked_prefixes: blocked }, number);
  expect(allowedPrefix(smsRulesDefaults, '+491701234567')).toBeUndefined();
  expect(at(['49'], [], '+491701234567')).toBe('49');
  expect(at(['49'], [], '+441701234567')).toBeUndefined();
  expect(at(['1', '1242'], [], '+12425550100')).toBe('1242');
  expect(at(['1'], ['1242', '1900'], '+12425550100')).toBeUndefined();
  expect(at(['1', '12425'], ['1242'], '+12425550100')).toBe('12425');
  expect(at(['49'], ['49'], '+491701234567')).toBeUndefined();
});

test('a number is told by its end', () => {
  expect(maskNumber('+491701234567')).toBe('…567');
});
