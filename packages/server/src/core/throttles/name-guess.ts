// One try at the password of whoever a typed name means. Directories take several spellings for one name, so that guesses at all of them
// count as guesses at the name: as it was typed, and as the person is called whom it means; wherever they come in.
import { nameKey } from '@countersign/contract/text.ts';
import { type FailureLimit, type Guess, guessOf, type LoginFailures } from './login-failures.ts';

interface TypedName {
  readonly applicationId: string;
  /** As typed. */
  readonly username: string;
}

export interface NameGuess {
  readonly typed: Guess;
  /** Without the domain. */
  plain(): Guess;
  /** The same try as one at a user of this name; undefined: nobody else is meant than was typed. */
  as(username: string | undefined): Guess;
}

/** By what guesses at a user's password are counted. */
export const userKey = ({ applicationId, username }: TypedName): string =>
  `${applicationId} ${nameKey(username)}`;

/** A name without the domain that directories let stand before or behind it: `CORP\alice`, `alice@corp.example.com`. */
export const withoutDomain = (username: string): string =>
  username.slice(username.lastIndexOf('\\') + 1).replace(/(?<=[^@])@[^@]*$/, '');

/** How names are compared whose domain does not matter. */
export const plainKey = (username: string): string => withoutDomain(nameKey(username));

/** @param from the address, as far as the door knows it, and the door */
export function guessAtName(
  { applicationId, username }: TypedName,
  from: { readonly address: string | null; readonly door: string },
): NameGuess {
  const at = (name: string): Guess =>
    guessOf(userKey({ applicationId, username: name }), from.address, from.door);
  const typed = at(username);
  return {
    typed,
    plain: () => at(plainKey(username)),
    as: (name) => (name === undefined ? typed : at(name)),
  };
}

/**
 * Asked for a name that nobody here has, before anybody else is asked who that is. Somebody who came in from there by the name as typed is at
 * home there: whoever guesses at the plain name elsewhere, which may be another's, keeps nobody out at home.
 */
export const exceededByPlainName = (failures: LoginFailures, guess: NameGuess): FailureLimit | undefined =>
  failures.exceeded(guess.plain(), guess.typed);

/** Asked once it is known who is meant, however right the password is: by how the user is called. */
export const exceededAfterAll = (
  failures: LoginFailures,
  { typed }: NameGuess,
  meant: Guess,
): FailureLimit | undefined => (meant.user === typed.user ? undefined : failures.exceeded(meant));
