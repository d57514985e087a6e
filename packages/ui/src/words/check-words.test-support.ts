// What holds for the texts of every app: languages say the same things, with the same values in them, and each is shown somewhere.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Texts = Readonly<Record<string, string>>;

const valuesIn = (text: string): string => (text.match(/\{\w+\}/g) ?? []).toSorted().join();

/** Keys whose text in another language is missing, empty, too much, in another order or with other values. */
export function differences(english: Texts, other: Texts): readonly string[] {
  const keys = Object.keys(english);
  const others = Object.keys(other);
  const unlike = keys.filter(
    (key) => (other[key] ?? '').trim() === '' || valuesIn(other[key] ?? '') !== valuesIn(english[key] ?? ''),
  );
  const misplaced = others.filter((key, index) => key !== keys[index]);
  return [...new Set([...unlike, ...misplaced])];
}

/** Every text in quotes, and every word that is put together from a text before and a text after something. */
function mentions(folders: readonly string[], files: readonly string[]) {
  const found = folders.flatMap((folder) =>
    globSync('**/*.{ts,tsx}', { cwd: folder })
      .filter((name) => !/\.test(?:-support)?\./.test(name))
      .map((name) => join(folder, name)),
  );
  const source = [...files, ...found].map((path) => readFileSync(path, 'utf8')).join('\n');
  const quoted = [...source.matchAll(/'([\w.]+)'|^  (\w+):/gm)].map(([, text = '', name]) => name ?? text);
  const built = [...source.matchAll(/`([\w.]+)\$\{[\w.]+\}([\w.]*)`/g)];
  return {
    quoted: new Set(quoted),
    built: built.map(([, before = '', after = '']) => ({ before, after })),
  };
}

/** Words that no source file in these folders shows. @param files more that names codes, such as the table of problems */
export function unshown(
  words: Texts,
  folders: readonly string[],
  files: readonly string[],
): readonly string[] {
  const { quoted, built } = mentions(folders, files);
  const isShown = (word: string): boolean =>
    quoted.has(word) ||
    built.some(
      ({ before, after }) =>
        word.startsWith(before) &&
        word.endsWith(after) &&
        quoted.has(word.slice(before.length, after === '' ? undefined : -after.length)),
    );
  return Object.keys(words).filter((word) => !isShown(word.replace(/\.(?:one|other)$/, '')));
}

/** The closed table of problems of the contract. */
export const problemTable = join(import.meta.dirname, '../../../contract/src/problems.ts');
