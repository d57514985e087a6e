// What can be said about a password while it is typed. The server has the last word: it also knows the common ones.
import { minAdministratorPassword } from '@countersign/contract/roles.ts';

export interface Judgement {
  readonly verdict: 'too_short' | 'repeats' | 'contains_name' | 'sequence' | 'good';
  /** Characters that are missing. */
  readonly missing: number;
  /** 0 to 4, for the meter. */
  readonly level: number;
}

const minDifferent = 5;

export function judgePassword(password: string, username: string): Judgement {
  const characters = [...password];
  const missing = Math.max(0, minAdministratorPassword - characters.length);
  const level = Math.min(4, Math.floor((characters.length * 3) / minAdministratorPassword));
  const bad = (verdict: Judgement['verdict']): Judgement => ({ verdict, missing, level: Math.min(level, 2) });
  if (missing > 0) return bad('too_short');
  const plain = password.toLowerCase();
  if (new Set(plain).size < minDifferent) return bad('repeats');
  if (isSequence(plain)) return bad('sequence');
  const name = username.trim().toLowerCase();
  if (name.length >= 4 && plain.includes(name) && characters.length - name.length < minAdministratorPassword)
    return bad('contains_name');
  return { verdict: 'good', missing, level: characters.length >= 20 ? 4 : 3 };
}

/** Most steps from one character to the next are of one, in one direction: 123456…, abcdef…, 987654…. */
function isSequence(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return [1, -1].some((step) => steps.filter((each) => each === step).length > steps.length * 0.7);
}
