// The texts of the authenticator, on top of those of the parts that it shares with the console.
import { defineWords, type Speech as SpeechOf } from '@countersign/ui/words/words.ts';
import english from './en.json';

export const { useWords, useBrowsersOrKept, keepLanguage, speakIn } = defineWords(english, {
  de: async () => (await import('./de.json')).default,
});

export type Speech = ReturnType<typeof useWords>;
export type Word = Speech extends SpeechOf<infer W> ? W : never;
