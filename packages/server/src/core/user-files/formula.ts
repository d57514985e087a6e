// Cells that a spreadsheet would take for a formula and run (CWE-1236): they get an apostrophe before them, and lose it again when they
// are imported, so that a file that was exported says the same as what it was made from.

// What a formula begins with; also as the wide forms that Japanese versions take for the same.
const begin = String.raw`'*[=+\-@\t\r\n＝＋－＠]`;
// A cell begins where the text does, and, to a program that separates by semicolons, after each of them.
const cell = String.raw`(?:^|;)[ \u00a0]*`;
const dangerous = new RegExp(`(${cell})(?=${begin})`, 'g');
const guarded = new RegExp(`(${cell})'(?=${begin})`, 'g');

/** `=1+1` becomes `'=1+1`. What begins with apostrophes already gets one more, so that `unguard` gives every text back as it was. */
export const guard = (text: string): string => text.replace(dangerous, "$1'");

/** Takes the apostrophe of `guard` away, and no other: only one that such a character follows. */
export const unguard = (text: string): string => text.replace(guarded, '$1');
