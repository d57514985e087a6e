// Patterns that find a text inside others whatever its letter case. The databases' own ideas of letter case differ and know ASCII
// only (SQLite always, PostgreSQL by locale), so the pattern spells out both cases of each letter.

/** For `like … escape '\'`: finds the text as it stands. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** For SQLite's `glob`. */
export const globPattern = (text: string): string =>
  `*${spell(text, (character) => ('*?['.includes(character) ? `[${character}]` : character))}*`;

/** For PostgreSQL's `~`. */
export const regexPattern = (text: string): string =>
  spell(text, (character) => (/[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character));

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
