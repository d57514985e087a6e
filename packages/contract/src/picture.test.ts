// The picture is the same for the same bytes, differs where they differ in what is drawn, and never lacks a part.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureOf, pictureText } from './picture.ts';
import { pictureWords } from './picture-words.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** What a person sees: forms, colours and words. */
const seen = (digest: Uint8Array) => {
  const { shapes, words } = pictureOf(digest);
  return JSON.stringify([shapes.map(({ form, colour }) => [form, colour]), words.en]);
};

test('each list has 256 words, no two alike, none of them looking like part of another language’s form', () => {
  for (const list of [pictureWords.en, pictureWords.de]) {
    expect(list).toHaveLength(256);
    expect(new Set(list.map((word) => word.toLowerCase())).size).toBe(256);
    for (const word of list) expect(word).toMatch(/^\p{Letter}{2,18}$/u);
  }
});

test('four shapes in their places and five words in each language', () => {
  fc.assert(
    fc.property(bytes32, (digest) => {
      const { shapes, words } = pictureOf(digest);
      expect(shapes.map(({ x, y }) => [x, y])).toEqual([
        [5, 5],
        [115, 5],
        [5, 115],
        [115, 115],
      ]);
      for (const { fill, path } of shapes) {
        expect(fill).toMatch(/^#[0-9a-f]{6}$/);
        expect(path).toMatch(/^M[-0-9a-z. ]+z$/i);
      }
      expect(words.en).toHaveLength(5);
      expect(words.de.every((word) => word !== '')).toBe(true);
    }),
  );
});

test('24 bits decide the shapes, 40 the words, and each of them is seen', () => {
  const zero = new Uint8Array(32);
  const views = new Set([seen(zero)]);
  for (let byte = 0; byte < 9; byte += 1)
    for (let bit = 0; bit < (byte < 4 ? 6 : 8); bit += 1) {
      const other = zero.slice();
      other[byte] = 1 << bit;
      views.add(seen(other));
    }
  expect(views.size).toBe(1 + 24 + 40);
});

test('refuses anything but 32 bytes', () => {
  expect(() => pictureOf(new Uint8Array(31))).toThrow(RangeError);
});

test('another key or another seed is another text', () => {
  const texts = [
    pictureText('a', 'b'),
    pictureText('ab', ''),
    pictureText('', 'ab'),
    pictureText('a","b', ''),
  ];
  expect(new Set(texts).size).toBe(4);
});
