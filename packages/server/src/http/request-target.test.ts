import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathOf, toOriginForm, unreadableTarget } from './request-target.ts';

test.each([
  ['/', '/'],
  ['/a%20b?x=%', '/a%20b?x=%'],
  ['//a', '//a'],
  ['http://example.com/a?b', '/a?b'],
  ['HTTPS://user@example.com:8080', '/'],
  ['http://example.com?x', '/?x'],
  ['*', unreadableTarget],
  ['', unreadableTarget],
  ['a', unreadableTarget],
  ['ftp://example.com/', unreadableTarget],
  ['http:///a', unreadableTarget],
  ['/%', unreadableTarget],
  ['/%c3%28', unreadableTarget],
  ['http://example.com/%zz', unreadableTarget],
])('%o is for the router %o', (target, path) => {
  expect(toOriginForm(target)).toBe(path);
});

test('whatever comes, the router gets a path that it can decode', () => {
  const piece = fc.constantFrom(
    '/',
    '%',
    '%2',
    '%25',
    '%c3',
    '%28',
    '?',
    '#',
    'http://',
    ':',
    'a',
    '\u00e9',
    ';',
  );
  const target = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(target, (text) => {
      const path = toOriginForm(text);
      expect(path.startsWith('/')).toBe(true);
      expect(() => decodeURI(pathOf(path))).not.toThrow();
    }),
  );
});
