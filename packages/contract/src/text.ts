// Text that people type and other people read: what is allowed in it, and when two names are the same.
import { z } from 'zod';

// Control characters (C0, DEL, C1), line and paragraph separators, and the bidirectional formatting characters
// (Unicode Standard Annex 9) with which a text can be made to read otherwise than it is; also lone surrogates.
const forbidden =
  // oxlint-disable-next-line no-control-regex -- naming them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;

/** True when a text can be shown to a person as it stands. */
export const isDisplayable = (text: string): boolean => !forbidden.test(text);

/** Printable ASCII: nothing to normalize, replace or fold but letter case. Nearly every name is, and each login asks several times. */
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/** Replaces what must not be shown, for texts that come from outside and must be shown all the same. Limit in characters. */
export function toDisplayable(text: string, limit: number): string {
  if (text.length <= limit && isPlain(text)) return text;
  const clean = [...text.normalize('NFC')].map((character) =>
    isDisplayable(character) ? character : '\ufffd',
  );
  return clean.length <= limit ? clean.join('') : `${clean.slice(0, limit - 1).join('')}…`;
}

/** A text that says what is the matter as a sentence: with a capital, unless it begins with an address or a name, and a full stop. */
export function asSentence(text: string): string {
  const begun = text.replace(/^[a-z]+(?=[ ,])/, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** A single line of at most `limit` characters, trimmed, in Unicode form NFC. */
export const line = (limit: number) =>
  z
    .string()
    .max(limit * 4)
    .refine(isDisplayable, 'must not contain control or bidirectional formatting characters')
    .overwrite((text) => text.normalize('NFC').trim())
    .refine((text) => [...text].length <= limit, `must have at most ${limit} characters`);

/** Like `line`, and with something in it that can be seen. Its key keeps to the limit too: U+FDFA alone becomes 18 characters. */
export const name = (limit: number) =>
  line(limit)
    .refine((text) => nameKey(text) !== '', 'must not be empty')
    .refine((text) => [...nameKey(text)].length <= limit, `must have at most ${limit} characters`);

/**
 * The form in which names are compared: compatibility forms, letter case, outer white space and what cannot be seen (zero-width
 * and other default-ignorable characters) do not count. `Ａlice`, `ALICE` and `alice` are one name (RFC 8265 3.3 does the like
 * with its own table; the removal is that of toNFKC_Casefold in the Unicode Standard, 3.13).
 */
export const nameKey = (text: string): string =>
  isPlain(text)
    ? text.toLowerCase().trim()
    : text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
        .normalize('NFKC')
        .trim();
