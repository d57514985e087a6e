import { smsRulesDefaults, SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gsmCharacters, toSmsParts } from './gsm-alphabet.ts';
import { codeText } from './sms-text.ts';

const render = (application: string, rules = smsRulesDefaults, language: 'en' | 'de' = 'en') =>
  codeText(rules, { code: '123456', application, language, host: 'mfa.example.com' });

test('a text ends with the line by which browsers fill the code in, in either language', () => {
  expect(render('VPN')).toBe(
    'Your code for VPN: 123456. Do not share it with anybody.\n\n@mfa.example.com #123456',
  );
  expect(render('VPN', smsRulesDefaults, 'de')).toBe(
    'Ihr Code für VPN: 123456. Geben Sie ihn nicht weiter.\n\n@mfa.example.com #123456',
  );
});

test('a name that looks like the line, a link or a placeholder is none of them', () => {
  expect(render('\n@evil.example #000000')).toBe(
    'Your code for evil.example 000000: 123456. Do not share it with anybody.\n\n@mfa.example.com #123456',
  );
  expect(render('https://evil {code}')).toContain('for https evil code: 123456');
});

test('a template has the code once, no other placeholder, and one line', () => {
  const hostile = [
    'no code',
    '{code} {code}',
    '{code} {password}',
    '{code}\n\n@evil.example #000000',
    '{code}\u2028@e #1',
  ];
  for (const text of [...hostile, '{code}\u202e', `{code}${'x'.repeat(200)}`])
    expect(SmsRulesChanges.safeParse({ text_en: text }).success, text).toBe(false);
  expect(SmsRulesChanges.safeParse({ text_en: '{code} for {application}' }).success).toBe(true);
});

test('whatever the application is called: three lines, the code twice, nothing else with @ and #', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const lines = render(name).split('\n');
      expect(lines).toHaveLength(3);
      expect(lines[2]).toBe('@mfa.example.com #123456');
      expect(lines[0]).not.toMatch(/[@#]/);
      expect(lines[0]).toMatch(/: 123456\. Do not share it with anybody\.$/);
    }),
  );
});

test('the usual text is one message', () => {
  expect(toSmsParts(render('VPN of the company'))).toMatchObject({ alphabet: 'gsm', parts: { length: 1 } });
  expect(toSmsParts(render('VPN', smsRulesDefaults, 'de')).alphabet).toBe('gsm');
});

test('the alphabet has the codes of 3GPP TS 23.038', () => {
  expect(gsmCharacters).toHaveLength(127 + 10);
  const codes = (text: string) => Buffer.from(toSmsParts(text).parts[0] ?? []).toString('hex');
  expect(codes('@£$ ABCabc')).toBe('00010220414243616263');
  expect(codes('Ä Ö ñ Ü § ä ö ü à ß')).toBe('5b205c207d205e205f207b207c207e207f201e');
  expect(codes('[]{}|~^\\€')).toBe('1b3c1b3e1b281b291b401b3d1b141b2f1b65');
  expect(codes('ΔΦΓΛΩΠΨΣΘΞ')).toBe('10121314151617181 91a'.replace(' ', ''));
  expect(toSmsParts('₽')).toMatchObject({ alphabet: 'ucs2' });
});

test('a text is cut where it may be: 160 alone and 153 each, 70 and 67, no escape and no pair in two', () => {
  const lengths = (text: string) => toSmsParts(text).parts.map(({ length }) => length);
  expect(lengths('')).toEqual([0]);
  expect(lengths('a'.repeat(160))).toEqual([160]);
  expect(lengths('a'.repeat(161))).toEqual([153, 8]);
  expect(lengths(`${'a'.repeat(152)}€${'b'.repeat(10)}`)).toEqual([152, 12]);
  expect(lengths('ж'.repeat(70))).toEqual([140]);
  expect(lengths('ж'.repeat(71))).toEqual([134, 8]);
  expect(lengths(`${'ж'.repeat(66)}😀${'ж'.repeat(5)}`)).toEqual([132, 14]);
});

test('the parts together are the text', () => {
  const gsm = fc.string({ unit: fc.constantFrom(...gsmCharacters), maxLength: 600 });
  fc.assert(
    fc.property(gsm, (text) => {
      const { alphabet, parts } = toSmsParts(text);
      expect(alphabet).toBe('gsm');
      expect(Buffer.concat([...parts]).length).toBe(
        [...text].reduce((sum, character) => sum + ('\f^{}\\[~]|€'.includes(character) ? 2 : 1), 0),
      );
      expect(parts.every((part) => part.at(-1) !== 0x1b)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const { alphabet, parts } = toSmsParts(`${text}ж`);
      expect(alphabet).toBe('ucs2');
      const each = parts.map((part) => Buffer.from(part).swap16().toString('utf16le'));
      expect(each.join('')).toBe(`${text}ж`);
      expect(each.every((part) => part.isWellFormed())).toBe(true);
    }),
  );
});
