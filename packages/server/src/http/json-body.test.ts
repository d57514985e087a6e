import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '#platform/problem.ts';
import { parseForm } from './form-body.ts';
import { maxDepth, parseJson } from './json-body.ts';

const bytes = (text: string) => Buffer.from(text);

test('every JSON value comes back as JSON.parse has it, unless it nests too deeply', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), fc.integer({ min: 0, max: 3 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      if (text.includes('"__proto__"')) return;
      expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('never anything but a Problem for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
      try {
        parseJson(input);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
  );
});

test.each([
  ['a member twice', '{"a":1,"a":2}'],
  ['a member twice, once escaped', String.raw`{"a":1,"\u0061":2}`],
  ['a member twice, deep', '[{"b":{"a":[{}],"c":"}","a":2}}]'],
  ['__proto__', '{"__proto__":{"admin":true}}'],
  ['__proto__ escaped', String.raw`{"\u005f_proto__":{}}`],
  ['too deep', '['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1)],
  ['very deep', '['.repeat(30_000) + ']'.repeat(30_000)],
  ['a byte order mark', '\ufeff{}'],
  ['a comma too many', '{"a":1,}'],
  ['nothing', ''],
])('refuses %s', (_, text) => {
  expect(() => parseJson(bytes(text))).toThrow(Problem);
});

test('takes the same name in different objects, and brackets and colons in strings', () => {
  const text = String.raw`{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"{\"c\":[:\\"}`;
  expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
  const deep = '['.repeat(maxDepth) + ']'.repeat(maxDepth);
  expect(parseJson(bytes(deep))).toEqual(JSON.parse(deep));
});

test.each([[[0xc3, 0x28]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0xaf, 0x22]], [[0xff, 0xfe]]])(
  'refuses invalid UTF-8 %j',
  (input) => {
    expect(() => parseJson(Uint8Array.from(input))).toThrow('not UTF-8');
  },
);

test('forms: what was put in comes out; empty counts as absent', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { maxKeys: 20 }),
      (fields) => {
        const text = new URLSearchParams(fields).toString();
        const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
        expect(parseForm(bytes(text))).toEqual(filled);
      },
    ),
  );
});

test.each([
  ['a=1&a=2'],
  ['a=%'],
  ['a=%ff'],
  ['a=%c3%28'],
  [Array.from({ length: 21 }, (_, i) => `f${i}=1`).join('&')],
])('forms: refuses %s', (text) => {
  expect(() => parseForm(bytes(text))).toThrow(Problem);
});
