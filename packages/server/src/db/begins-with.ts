// Names that begin with a text, whatever its letter case. The databases' own ideas of letter case differ and know ASCII only (SQLite
// always, PostgreSQL by locale), and a login keeps its name as it was typed: the pattern spells out both cases of each letter.
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from './db.ts';

/** That a column begins with a text. */
export function beginsWith(
  dialect: Db['dialect'],
  column: 'username' | 'username_key',
  text: string,
): RawBuilder<SqlBool> {
  if (column === 'username_key')
    // A range, which the index on the column answers; no character comes behind the last one.
    return dialect === 'sqlite'
      ? sql<SqlBool>`(username_key >= ${text} and username_key < ${`${text}\u{10ffff}`})`
      : sql<SqlBool>`starts_with(username_key, ${text})`;
  return dialect === 'sqlite'
    ? sql<SqlBool>`${sql.ref(column)} glob ${globPattern(text)}`
    : sql<SqlBool>`${sql.ref(column)} ~ ${regexPattern(text)}`;
}

/** That somewhere in a column a text follows another, which is taken as it is; it must hold none of the signs of `glob`. */
export const followsIn = (
  dialect: Db['dialect'],
  column: 'steps',
  { before, text }: { readonly before: string; readonly text: string },
): RawBuilder<SqlBool> =>
  dialect === 'sqlite'
    ? sql<SqlBool>`${sql.ref(column)} glob ${`*${before}${globPattern(text)}`}`
    : sql<SqlBool>`${sql.ref(column)} ~ ${`${quoteForRegex(before)}${regexPattern(text).slice(1)}`}`;

/** For SQLite's `glob`. */
export const globPattern = (text: string): string =>
  `${spell(text, (character) => ('*?['.includes(character) ? `[${character}]` : character))}*`;

/** For PostgreSQL's `~`. */
export const regexPattern = (text: string): string => `^${spell(text, quoteForRegex)}`;

const quoteForRegex = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '\\$&');

function spell(text: string, quote: (character: string) => string): string {
  return [...text]
    .map((character) => {
      const cases = [...new Set([character, character.toLowerCase(), character.toUpperCase()])];
      // One character for one character: the capitals of ß are two.
      const single = cases.filter((form) => [...form].length === 1);
      return single.length > 1 ? `[${single.join('')}]` : quote(character);
    })
    .join('');
}
