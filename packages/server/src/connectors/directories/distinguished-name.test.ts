// Distinguished names: what RFC 4514 shows, and that nothing in a value can end it.
import fc from 'fast-check';
import { DN } from 'ldapts';
import { expect, test } from 'vitest';
import {
  escapeNameValue,
  formatDistinguishedName,
  isWithin,
  nameKey,
  parseDistinguishedName,
} from './distinguished-name.ts';

test.each([
  // RFC 4514 4.
  [
    'UID=jsmith,DC=example,DC=net',
    [
      ['UID', 'jsmith'],
      ['DC', 'example'],
      ['DC', 'net'],
    ],
  ],
  [
    'CN=James \\"Jim\\" Smith\\, III,DC=net',
    [
      ['CN', 'James "Jim" Smith, III'],
      ['DC', 'net'],
    ],
  ],
  [
    'CN=Before\\0dAfter,DC=net',
    [
      ['CN', 'Before\rAfter'],
      ['DC', 'net'],
    ],
  ],
  ['CN=Lu\\C4\\8Di\\C4\\87', [['CN', 'Lučić']]],
  ['CN=Lučić', [['CN', 'Lučić']]],
  [
    'CN= a b , DC=net',
    [
      ['CN', 'a b'],
      ['DC', 'net'],
    ],
  ],
  [
    'CN=a\\ ,DC=net',
    [
      ['CN', 'a '],
      ['DC', 'net'],
    ],
  ],
  [
    'CN=a\\\\ ,DC=net',
    [
      ['CN', 'a\\'],
      ['DC', 'net'],
    ],
  ],
  [
    'CN="a, b";DC=net',
    [
      ['CN', 'a, b'],
      ['DC', 'net'],
    ],
  ],
  ['1.2.840.1=x', [['1.2.840.1', 'x']]],
  ['CN=', [['CN', '']]],
  ['CN=\u00a0a\u3000', [['CN', '\u00a0a\u3000']]],
])('%s', (text, names) => {
  expect(parseDistinguishedName(text)).toEqual(names.map(([type, value]) => [{ type, value }]));
});

test.each(['', 'alice', 'CN', '=x', 'C N=x', 'CN=x,', 'CN=x\\', 'CN="x', ',', 'CN=x,,DC=y'])(
  '%j is none',
  (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  },
);

test('spellings of one name have one key', () => {
  const key = nameKey('cn=Dept (R&D)\\, \\\\ \\"x\\" \\#1 *,OU=Groups, dc=Example');
  expect(nameKey('CN=dept  (r&d)\\2C \\5C \\22x\\22 \\231 *,ou=groups,DC=example')).toBe(key);
  expect(nameKey('uid=b+cn=a,dc=x')).toBe(nameKey('CN=A+UID=B,DC=x'));
  expect(nameKey('cn=a\\,dc=x')).not.toBe(nameKey('cn=a,dc=x'));
  expect(isWithin(nameKey('cn=a,dc=example,dc=test'), nameKey('DC=Example, DC=Test'))).toBe(true);
  expect(isWithin(nameKey('cn=a,dc=xexample,dc=test'), nameKey('dc=example,dc=test'))).toBe(false);
});

const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...' \\",+;<>=#a\0*()é\u00a0\t\u3000') }),
);

test('a value that is written and read is the same, whatever it holds', () => {
  const part = fc.record({ type: fc.constantFrom('cn', 'OU', '2.5.4.3'), value });
  const name = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(name, (dn) => {
      expect(parseDistinguishedName(formatDistinguishedName(dn))).toEqual(dn);
    }),
  );
});

test('an escaped value stays one value, and reading never throws', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(parseDistinguishedName(`cn=${escapeNameValue(text)},dc=x`)).toEqual([
        [{ type: 'cn', value: text }],
        [{ type: 'dc', value: 'x' }],
      ]);
      parseDistinguishedName(text);
      nameKey(text);
    }),
  );
});

test('ldapts writes names that are read alike', () => {
  const plain = fc
    .string({ unit: fc.constantFrom(...'ab,+"\\<>;=#é ') })
    .filter((each) => each.trim() !== '');
  fc.assert(
    fc.property(plain, (text) => {
      const written = new DN({ cn: text.trim(), dc: 'x' }).toString();
      expect(nameKey(written)).toBe(nameKey(`cn=${escapeNameValue(text.trim())},dc=x`));
    }),
  );
});

test('a long name of nothing but spaces, backslashes or quotes takes no time to speak of', () => {
  const since = performance.now();
  for (const each of [' ', '\\', '"', ',', '+', '\\ ', 'cn=a,']) nameKey(`cn=${each.repeat(200_000)}x`);
  // The square of it would take minutes.
  expect(performance.now() - since).toBeLessThan(10_000);
});
