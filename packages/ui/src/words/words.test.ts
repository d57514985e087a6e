import { expect, test, vi } from 'vitest';
import { differences, problemTable, unshown } from './check-words.test-support.ts';
import { join } from 'node:path';
import german from './de.json';
import english from './en.json';
import { chooseLanguage, defineWords, fill, keptLanguage, languages, problemWords } from './words.ts';

const packages = join(import.meta.dirname, '../../..');
const sources = ['ui', 'authenticator', 'console'].map((name) => join(packages, name, 'src'));

test('German has every text, and nothing that English has not', () => {
  expect(differences(english, german)).toEqual([]);
  expect(Object.keys(languages)).toEqual(['en', 'de']);
});

test('differences between languages are found', () => {
  expect(differences({ a: '1', b: '{x}' }, { a: '1', b: '{x}' })).toEqual([]);
  expect(differences({ a: '1', b: '{x}' }, { a: ' ', b: '{y}' })).toEqual(['a', 'b']);
  expect(differences({ a: '1' }, { a: '1', b: '2' })).toEqual(['b']);
});

test('no text is there that nothing shows', () => {
  expect(unshown(english, sources, [problemTable])).toEqual([]);
  expect(unshown({ 'do.never': '' }, sources, [])).toEqual(['do.never']);
});

test('the language is the first of the browser’s that there is', () => {
  expect(chooseLanguage(['fr-CH', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['fr', 'ar'])).toBe('en');
  expect(chooseLanguage(['toString', 'DE'])).toBe('de');
});

test('a language that was kept is one that there is', () => {
  const items = new Map([['language', 'de']]);
  vi.stubGlobal('localStorage', { getItem: (name: string) => items.get(name) ?? null });
  expect(keptLanguage()).toBe('de');
  items.set('language', 'toString');
  expect(keptLanguage()).toBeUndefined();
  vi.unstubAllGlobals();
});

const texts = {
  'app.name': 'Mine',
  'left.one': '{count} second',
  'left.other': '{count} seconds in {place}',
};
const deutsch = {
  'app.name': 'Meins',
  'left.one': '{count} Sekunde',
  'left.other': '{count} Sekunden in {place}',
};

test('values are put in as they are, plural forms follow the number, and the app’s texts come before those of the parts', async () => {
  expect(fill('{a} and {b} and {a}', { a: '{b}', b: 1 })).toBe('{b} and 1 and {b}');
  const { speakIn } = defineWords(texts, { de: async () => deutsch });
  const speech = await speakIn('de');
  expect(speech.count('left', 1)).toBe('1 Sekunde');
  expect(speech.count('left', 2000, { place: 'Rom' })).toBe('2.000 Sekunden in Rom');
  expect([speech.t('app.name'), speech.t('do.cancel')]).toEqual(['Meins', german['do.cancel']]);
  expect(problemWords(speech, 'shutting_down').title).toBe(german['problem.unavailable']);
  expect(problemWords(speech, 'something new').title).toBe(german['problem.defect']);
});

test('a word beside a number takes the form that the number wants', () => {
  const text = '{n} {n|Gerät|Geräte} für {name}';
  expect(fill(text, { n: 1, name: 'a|b' }, 'de')).toBe('1 Gerät für a|b');
  expect(fill(text, { n: '2', name: 'x' }, 'de')).toBe('2 Geräte für x');
  expect(fill(text, { n: 0 }, 'de')).toBe('0 Geräte für {name}');
});
