// The texts of the app: one JSON file for each language. English is in the bundle, others are loaded when they are wanted.
import { remember, remembered } from '../platform/remembered.ts';
import { createStore, useStore } from '../state/store.ts';
import english from './en.json';

export type Words = Readonly<Record<keyof typeof english, string>>;
export type Word = keyof Words;

interface Language {
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  readonly load: () => Promise<Words>;
}

/** A new language is a file and a line here. */
export const languages: Readonly<Record<string, Language>> = {
  en: { name: 'English', direction: 'ltr', load: async () => english },
  de: { name: 'Deutsch', direction: 'ltr', load: async () => (await import('./de.json')).default },
};

const current = createStore<{ readonly language: string; readonly words: Words }>({
  language: 'en',
  words: english,
});

/** The first wanted language that there is, by its primary part (`de-AT` is `de`). */
export const chooseLanguage = (wanted: readonly string[]): string =>
  wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find((tag) => Object.hasOwn(languages, tag)) ??
  'en';

const kept = 'language';

/** Undefined: as the browser. */
export const keptLanguage = (): string | undefined => {
  const language = remembered('localStorage', kept);
  return language !== undefined && Object.hasOwn(languages, language) ? language : undefined;
};

export async function useBrowsersOrKept(): Promise<void> {
  await changeTo(keptLanguage() ?? chooseLanguage(navigator.languages));
}

export async function keepLanguage(language: string | undefined): Promise<void> {
  remember('localStorage', kept, language);
  await useBrowsersOrKept();
}

async function changeTo(language: string): Promise<void> {
  const found = languages[language];
  if (!found) return;
  // A file that does not come must not keep the app from opening: it goes on in the language it has.
  const words = await found.load().catch(() => undefined);
  if (!words) return;
  document.documentElement.lang = language;
  document.documentElement.dir = found.direction;
  current.change(() => ({ language, words }));
}

export type Values = Readonly<Record<string, string | number>>;

/** Puts values into `{name}`. */
export const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** Words that come in plural forms: `key.one`, `key.other`. */
type Counted = Word extends infer W ? (W extends `${infer Stem}.other` ? Stem : never) : never;

export interface Speech {
  readonly language: string;
  t(word: Word, values?: Values): string;
  count(word: Counted, count: number): string;
  /** Undefined for a code that has no words of its own. */
  known(word: string): string | undefined;
}

export function speak({ language, words }: { readonly language: string; readonly words: Words }): Speech {
  const plural = new Intl.PluralRules(language);
  const known = (word: string): string | undefined => (words as Readonly<Record<string, string>>)[word];
  return {
    language,
    t: (word, values = {}) => fill(words[word], values),
    count: (word, count) =>
      fill(known(`${word}.${plural.select(count)}`) ?? words[`${word}.other`], { count }),
    known,
  };
}

export const useWords = (): Speech => speak(useStore(current));

/** Title and advice for whatever went wrong. */
export function problemWords(
  { known, t }: Speech,
  code: string,
): { readonly title: string; readonly help: string } {
  const base = { shutting_down: 'unavailable', internal_error: 'defect' }[code] ?? code;
  return {
    title: known(`problem.${base}`) ?? t('problem.defect'),
    help: known(`problem.${base}.help`) ?? t('problem.defect.help'),
  };
}

/** The language as the browser has it, with its region: British and American dates differ. */
const regionOf = (language: string): string =>
  navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;

/** Date and time in words of the language. */
export const showTime = (language: string, time: number): string =>
  new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'medium', timeStyle: 'short' }).format(time);

export const showClock = (language: string, time: number): string =>
  new Intl.DateTimeFormat(regionOf(language), { timeStyle: 'medium' }).format(time);
