// Both languages say the same things, with the same values in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deviceNameFrom } from '../device/device-name.ts';
import { colourOf, initialOf } from '../parts/avatar.tsx';
import german from './de.json';
import english from './en.json';
import { chooseLanguage, fill, languages, problemWords, speak } from './words.ts';

test('German has every text, and nothing that English has not', () => {
  expect(Object.keys(german)).toEqual(Object.keys(english));
  expect(Object.keys(languages)).toEqual(['en', 'de']);
});

test.each(Object.entries(english))('%s has the same values in both', (key, text) => {
  const values = (of: string) => (of.match(/\{\w+\}/g) ?? []).toSorted();
  const other = german[key as keyof typeof german];
  expect(values(other)).toEqual(values(text));
  expect(other.trim()).not.toBe('');
});

/** Every text in quotes, and every word that is put together from a text before and a text after something. */
function mentions() {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !name.includes('.test.'),
  );
  const source = [join(folder, '../../contract/src/problems.ts'), ...files.map((name) => join(folder, name))]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const quoted = [...source.matchAll(/'([\w.]+)'|^  (\w+):/gm)].map(([, text = '', name]) => name ?? text);
  const built = [...source.matchAll(/`(\w+\.)\$\{[\w.]+\}([\w.]*)`/g)];
  return {
    quoted: new Set(quoted),
    built: built.map(([, before = '', after = '']) => ({ before, after })),
  };
}

test('no text is there that nothing shows', () => {
  const { quoted, built } = mentions();
  const isShown = (word: string): boolean =>
    quoted.has(word) ||
    built.some(
      ({ before, after }) =>
        word.startsWith(before) &&
        word.endsWith(after) &&
        quoted.has(word.slice(before.length, after === '' ? undefined : -after.length)),
    );
  const words = Object.keys(english).map((word) => word.replace(/\.(?:one|other)$/, ''));
  expect(words.filter((word) => !isShown(word))).toEqual([]);
  expect(isShown('do.close')).toBe(false);
});

test('the language is the first of the browser’s that there is', () => {
  expect(chooseLanguage(['fr-CH', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['fr', 'ar'])).toBe('en');
  expect(chooseLanguage(['toString', 'DE'])).toBe('de');
});

test('values are put in as they are, and plural forms follow the number', () => {
  expect(fill('{a} and {b} and {a}', { a: '{b}', b: 1 })).toBe('{b} and 1 and {b}');
  const speech = speak({ language: 'de', words: german });
  expect(speech.count('request.seconds_left', 1)).toBe('Noch 1 Sekunde');
  expect(speech.count('request.seconds_left', 2)).toBe('Noch 2 Sekunden');
  expect(problemWords(speech, 'shutting_down').title).toBe(german['problem.unavailable']);
  expect(problemWords(speech, 'something new').title).toBe(german['problem.defect']);
});

test('a device is called what a person would call it', () => {
  const mozilla = 'Mozilla/5.0 (';
  expect(
    deviceNameFrom(`${mozilla}iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1`),
  ).toBe('iPhone, Safari');
  expect(deviceNameFrom(`${mozilla}Linux; Android 14; Pixel 8) Chrome/156.0 Mobile Safari/537.36`)).toBe(
    'Android phone, Chrome',
  );
  expect(deviceNameFrom(`${mozilla}Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0`)).toBe(
    'Windows PC, Edge',
  );
  expect(deviceNameFrom('')).toBe('Browser');
});

test('an application has one initial and one colour', () => {
  expect(initialOf(' vpn')).toBe('V');
  expect(initialOf('')).toBe('?');
  expect(initialOf('𝒱pn')).toBe('𝒱');
  expect(colourOf('a')).toBe(colourOf('a'));
  expect(new Set([...'abcdefghijkl'].map(colourOf)).size).toBeGreaterThan(3);
});
