// What an administrator may choose as password: long, and nothing that a guesser tries early (NIST SP 800-63B 5.1.1.2). Guesses are
// counted by zxcvbn (Wheeler, USENIX Security 2016) over its list of common passwords, which also finds them inside a longer text,
// repeated, with numbers behind, in “leet” spelling, and runs over the keyboard: lists of common passwords hold hardly any of 15
// characters, and what people make of short ones when told to make them longer stands in none.
import { minAdministratorPassword } from '@countersign/contract/roles.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { Problem } from '#platform/problem.ts';

/** Fewer than this many are too few. An eight-character random password has about 10^14. */
const minGuesses = 1e10;
/** What comes behind is not looked at: the time that counting takes grows with the square. */
const judgedCharacters = 64;
const ownName = 'countersign';

interface Estimator {
  check(password: string, context: string[]): { readonly guesses: number };
}
let estimator: Promise<Estimator> | undefined;

/** Loaded when the first password is set: most servers never need its word lists in memory. */
async function loadEstimator(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: judgedCharacters });
}

/** @throws Problem password_too_weak */
export async function refuseWeakPassword(password: string, username: string): Promise<void> {
  if ([...password.normalize('NFC')].length < minAdministratorPassword)
    refuse(`must have at least ${minAdministratorPassword} characters`);
  estimator ??= loadEstimator();
  const { guesses } = (await estimator).check(withoutNames(password, username), [username, ownName]);
  if (guesses < minGuesses)
    refuse('is too easy to guess; several words that have nothing to do with each other are better');
}

/** Whoever guesses knows these names. */
function withoutNames(password: string, username: string): string {
  const names = [ownName, nameKey(username)].filter((name) => name.length > 2);
  const left = names.reduce(
    (text, name) => text.replaceAll(name, ''),
    password.normalize('NFC').toLowerCase(),
  );
  const isShorter = left.length < password.normalize('NFC').length;
  return (isShorter ? left : password).slice(0, judgedCharacters);
}

function refuse(message: string): never {
  throw new Problem('password_too_weak', `it ${message}`, [{ field: 'password', message }]);
}
