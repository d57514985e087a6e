// What a user is found by: parts of user name, full name and e-mail, folded alike and kept in one column. The databases' own ideas of
// letter case differ and mostly know ASCII only, so none of them folds. Here because a migration writes it for the users that are there.
import type { UserTable } from './user-tables.ts';

export type SearchedColumns = Pick<UserTable, 'username' | 'full_name' | 'email'>;

/** No name holds it, nor any text that may be searched for: nothing is found across two names. */
const separator = '\n';

/** The column `search_key` of a user. */
export const searchKey = ({ username, full_name, email }: SearchedColumns): string =>
  [username, full_name, email].map(foldForSearch).join(separator);

/**
 * The form in which a text is found in others: compatibility forms, letter case, outer white space and what cannot be seen do not count
 * (as in the comparison of names), and letters that share a capital are one: `ß` is `ss`, `ς` is `σ`, and `i` is one letter in all
 * languages, with and without its dot. Another form needs a migration that writes every key anew.
 */
export const foldForSearch = (text: string): string =>
  isAscii.test(text)
    ? text.toLowerCase().trim()
    : // Small letters first: the capital of `ß` is `SS`, that of `ẞ` is itself.
      text
        .normalize('NFKC')
        .toLowerCase()
        .toUpperCase()
        .toLowerCase()
        .replaceAll('ς', 'σ')
        .replaceAll('i\u0307', 'i')
        .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
        .normalize('NFKC')
        .trim();

const isAscii = /^[ -~]*$/;
