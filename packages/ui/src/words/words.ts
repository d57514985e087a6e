// The texts of a web app: one JSON file for each language, of the app and of these parts. English is in the bundle, others are loaded.
import { remember, remembered } from '../remembered.ts';
import { createStore, type Store, useStore } from '../store.ts';
import english from './en.json';

type Texts = Readonly<Record<string, string>>;
type UiTexts = Readonly<Record<keyof typeof english, string>>;

interface Language {
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Texts of the parts in this folder. */
  readonly load: () => Promise<UiTexts>;
}

/** A new language is a file and a line here, and one of each in every app. */
export const languages = {
  en: { name: 'English', direction: 'ltr', load: async () => english },
  de: { name: 'Deutsch', direction: 'ltr', load: async () => (await import('./de.json')).default },
} as const satisfies Readonly<Record<string, Language>>;
export type LanguageCode = keyof typeof languages;

const isLanguage = (code: string): code is LanguageCode => Object.hasOwn(languages, code);

/** The first wanted language that there is, by its primary part (`de-AT` is `de`). */
export const chooseLanguage = (wanted: readonly string[]): LanguageCode =>
  wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find(isLanguage) ?? 'en';

const kept = 'language';

/** Undefined: as the browser. */
export function keptLanguage(): LanguageCode | undefined {
  const language = remembered('localStorage', kept);
  return language !== undefined && isLanguage(language) ? language : undefined;
}

export type Values = Readonly<Record<string, string | number>>;

/** Puts values into `{name}`, and of `{name|one|other}` the form that the number takes in the language. */
export const fill = (text: string, values: Values, language = 'en'): string =>
  text.replace(
    /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (one === undefined) return String(value);
      return String(new Intl.PluralRules(language).select(Number(value)) === 'one' ? one : other);
    },
  );

/** Words that come in plural forms: `key.one`, `key.other`. */
type Counted<Word> = Word extends `${infer Stem}.other` ? Stem : never;

/** What an app says in the language of the person before it. */
export interface Speech<Word extends string> {
  readonly language: string;
  t(word: Word, values?: Values): string;
  count(word: Counted<Word>, count: number, values?: Values): string;
  /** Undefined for a code that has no words of its own. */
  known(word: string): string | undefined;
}

interface Spoken {
  readonly language: LanguageCode;
  readonly texts: Texts;
}

const speeches = new WeakMap<Spoken, Speech<string>>();

/** The same one as long as the language is: components may depend on it. */
function speak<Word extends string>(spoken: Spoken): Speech<Word> {
  const known = speeches.get(spoken) ?? speechOf(spoken);
  speeches.set(spoken, known);
  return known;
}

function speechOf({ language, texts }: Spoken): Speech<string> {
  const plural = new Intl.PluralRules(language);
  const say = (word: string, values: Values): string => fill(texts[word] ?? word, values, language);
  return {
    language,
    t: (word, values = {}) => say(word, values),
    count(word, count, values = {}) {
      const form = `${String(word)}.${plural.select(count)}`;
      return say(texts[form] === undefined ? `${String(word)}.other` : form, {
        ...values,
        count: format(count),
      });
    },
    known: (word) => texts[word],
  };
  function format(count: number): string {
    return new Intl.NumberFormat(regionOf(language)).format(count);
  }
}

/** What the parts in this folder speak; the app that runs says which. */
let spokenHere: Store<Spoken> = createStore<Spoken>({ language: 'en', texts: english });

/** For parts in this folder. */
export const useUiWords = (): Speech<keyof UiTexts> => speak(useStore(spokenHere));

export interface AppWords<Word extends string> {
  useWords(): Speech<Word>;
  /** The same outside of a component, in the language of this moment. */
  words(): Speech<Word>;
  /** In the language that was kept, or else the browser's. */
  useBrowsersOrKept(): Promise<void>;
  /** @param language undefined: as the browser */
  keepLanguage(language: string | undefined): Promise<void>;
  /** For tests: in one language, whatever the browser wants. */
  speakIn(language: LanguageCode): Promise<Speech<Word>>;
}

type Loaders<Own> = Readonly<
  Record<Exclude<LanguageCode, 'en'>, () => Promise<Readonly<Record<keyof Own, string>>>>
>;

/** Joins an app's texts with those of the parts; where both have one, the app's holds. Once in each app. */
export function defineWords<Own extends Texts>(
  own: Own,
  others: Loaders<Own>,
): AppWords<(keyof Own & string) | keyof UiTexts> {
  type Word = (keyof Own & string) | keyof UiTexts;
  const spoken = createStore<Spoken>({ language: 'en', texts: { ...english, ...own } });
  spokenHere = spoken;
  const load = async (language: LanguageCode): Promise<Spoken> => {
    const [parts, app] = await Promise.all([
      languages[language].load(),
      language === 'en' ? own : others[language](),
    ]);
    return { language, texts: { ...parts, ...app } };
  };
  const useBrowsersOrKept = async (): Promise<void> => {
    const language = keptLanguage() ?? chooseLanguage(navigator.languages);
    // A file that does not come must not keep the app from opening: it goes on in the language it has.
    const next = await load(language).catch(() => undefined);
    if (!next) return;
    document.documentElement.lang = language;
    document.documentElement.dir = languages[language].direction;
    spoken.change(() => next);
  };
  return {
    useWords: () => speak<Word>(useStore(spoken)),
    words: () => speak<Word>(spoken.get()),
    useBrowsersOrKept,
    async keepLanguage(language) {
      remember('localStorage', kept, language);
      await useBrowsersOrKept();
    },
    speakIn: async (language) => speak<Word>(await load(language)),
  };
}

/** Title and advice for whatever went wrong. */
export function problemWords(
  { known, t }: Pick<Speech<keyof UiTexts>, 'known' | 't'>,
  code: string,
): { readonly title: string; readonly help: string } {
  const base = { shutting_down: 'unavailable', internal_error: 'defect' }[code] ?? code;
  return {
    title: known(`problem.${base}`) ?? t('problem.defect'),
    help: known(`problem.${base}.help`) ?? t('problem.defect.help'),
  };
}

/** The language as the browser has it, with its region: British and American dates differ. */
export const regionOf = (language: string): string =>
  globalThis.navigator?.languages?.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;

/** Date and time in words of the language. */
export const showTime = (language: string, time: number): string =>
  new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'medium', timeStyle: 'short' }).format(time);

export const showMinute = (language: string, time: number): string =>
  new Intl.DateTimeFormat(regionOf(language), { timeStyle: 'short' }).format(time);

export const showClock = (language: string, time: number): string =>
  new Intl.DateTimeFormat(regionOf(language), { timeStyle: 'medium' }).format(time);
