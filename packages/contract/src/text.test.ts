import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asSentence, isDisplayable, line, name, nameKey, toDisplayable } from './text.ts';

const codePoint = (value: number) => `U+${value.toString(16).padStart(4, '0')}`;
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

describe('what is refused', () => {
  const refused = [
    ...[0x00, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f, 0x2028, 0x2029],
    // Unicode Standard Annex 9, table 1 and section 2: marks, embeddings, overrides, isolates.
    ...[0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
    ...[0xfeff, 0xd800, 0xdfff],
  ];
  test.each(refused.map((value) => [codePoint(value), value] as const))('%s', (_, value) => {
    const text = `ali${String.fromCodePoint(value)}ce`;
    expect(isDisplayable(text)).toBe(false);
    expect(line(80).safeParse(text).success).toBe(false);
    expect(toDisplayable(text, 80)).toBe('ali\ufffdce');
  });

  test('also at either end, where trimming could hide it', () => {
    for (const text of ['\ufeffalice', 'alice\n', '\u2028alice'])
      expect(name(80).safeParse(text).success).toBe(false);
  });

  test('other scripts, joiners inside words and symbols are not', () => {
    for (const text of ['Zoë', '李小龍', 'محمد', 'می\u200cخواهم', 'אבי', '👩\u200d🔧', 'O’Brien & Söhne'])
      expect(name(80).parse(text)).toBe(text.normalize('NFC'));
  });
});

describe('a line', () => {
  test('is trimmed and in Unicode form NFC', () => {
    expect(line(80).parse('  Zu\u0308rich\u00a0')).toBe('Zürich');
    expect(line(80).parse('')).toBe('');
  });

  test('is measured in characters, not in code units', () => {
    expect(line(4).safeParse('🔑🔑🔑🔑').success).toBe(true);
    expect(line(4).safeParse('🔑🔑🔑🔑🔑').success).toBe(false);
    expect(line(4).safeParse('e\u0301'.repeat(4)).success).toBe(true);
    expect(line(4).safeParse('x'.repeat(100_000)).success).toBe(false);
  });
});

describe('a name', () => {
  test.each(['', ' ', '\u00a0\u3000', '\u200b', '\u200d\u2060\u00ad', '\u3164'])(
    'is not empty: %j',
    (text) => {
      expect(name(80).safeParse(text).success).toBe(false);
    },
  );
});

test('a name whose key would be longer than the name may be is refused', () => {
  expect(name(80).safeParse('\ufdfa'.repeat(4)).success).toBe(true);
  expect(name(80).safeParse('\ufdfa'.repeat(5)).success).toBe(false);
});

describe('toDisplayable', () => {
  test('gives something displayable of at most the limit, whatever comes', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const shown = toDisplayable(text, limit);
        expect(isDisplayable(shown)).toBe(true);
        expect([...shown].length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('leaves a displayable text alone but for its Unicode form', () => {
    expect(toDisplayable('Zu\u0308rich', 80)).toBe('Zürich');
    expect(toDisplayable('abcdef', 4)).toBe('abc…');
  });
});

describe('nameKey', () => {
  test.each([
    ['Ａlice', 'alice'],
    ['ALICE', 'alice'],
    [' alice\u3000', 'alice'],
    ['ali\u200bce', 'alice'],
    ['ali\u00adce', 'alice'],
    ['ﬁona', 'fiona'],
    ['Å', 'å'],
    ['A\u030a', 'å'],
    ['\u212b', 'å'],
    ['Ⅷ', 'viii'],
    ['ΟΔΟΣ', 'οδος'],
    ['ẞ', 'ß'],
  ])('%j is %j', (text, key) => {
    expect(nameKey(text)).toBe(key);
  });

  test('the Turkish capital İ keeps its dot, as without a language in Unicode: it is not the plain i', () => {
    expect(nameKey('\u0130')).toBe('i\u0307');
    expect(nameKey('I\u0307')).toBe('i\u0307');
    expect(nameKey('\u0130')).not.toBe(nameKey('i'));
    // And the dotless ı is a letter of its own.
    expect(nameKey('\u0131')).toBe('\u0131');
    expect(nameKey('I')).toBe('i');
  });

  test('ß is not ss, and letters of other scripts that look alike stay different', () => {
    expect(nameKey('straße')).not.toBe(nameKey('STRASSE'));
    expect(nameKey('\u0430lice')).not.toBe(nameKey('alice'));
  });

  test('the key of a key is the key', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(nameKey(nameKey(text))).toBe(nameKey(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('neither composing nor decomposing changes it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const)
          expect(nameKey(text.normalize(form))).toBe(nameKey(text));
      }),
      { numRuns: 1000 },
    );
  });
});

test('what is the matter becomes a sentence; an address at its beginning stays as it is', () => {
  expect(asSentence('the provider calls itself https://a.example')).toBe(
    'The provider calls itself https://a.example.',
  );
  for (const text of [
    'https://a.example answered HTTP 500.',
    'uid=alice,dc=example is nobody.',
    'Done!',
    'dc1.example is gone.',
  ])
    expect(asSentence(text)).toBe(text);
});
