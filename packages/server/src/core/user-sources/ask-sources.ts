// What the user sources of an application say of a typed name and a password: the one place that asks them, for logins and for phones that
// are bound alike. Nobody comes in as somebody else: a name that somebody here has means that user alone, any other one a person who is
// called so there, and who has a password here is judged by it, however the name is written.
import { type DirectoryRefusal, directoryRefusals } from '@countersign/contract/directory-refusals.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { plainKey, withoutDomain } from '#core/throttles/name-guess.ts';
import { findUser } from '#core/users/find-user.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Db, Read } from '#db/db.ts';
import type { Secret } from '#platform/secret.ts';
import type { DirectoryUser } from './directory.ts';
import { findSourceOf, findUserOf } from './source-users-store.ts';
import type { SourceFinding, UserSources } from './user-sources.ts';

export interface AskSourcesDeps {
  readonly db: Db;
  readonly sources: UserSources;
}

export interface TypedCredentials {
  readonly applicationId: string;
  readonly username: string;
  readonly password: Secret;
  /** Who has this very name here, and no password; undefined: nobody has the name. */
  readonly named: { readonly id: string } | undefined;
}

type Answer<Kind extends SourceFinding['answer']['kind']> = Extract<SourceFinding['answer'], { kind: Kind }>;

interface Meant {
  /** Whom the source brought here; undefined: nobody so far, or nobody whom the name means. */
  readonly user: UserRow | undefined;
  /** By which name guesses at this password count, however it was typed; undefined: it is nobody's. */
  readonly guessedAs: string | undefined;
}

export type SourcesVerdict =
  /** Name and password belong together. */
  | ({ readonly kind: 'accepted'; readonly answer: Answer<'found' | 'cached'> } & Meant)
  /** They do, but let nobody in. */
  | ({ readonly kind: 'not_let_in'; readonly why: NotLetIn } & Meant)
  | ({ readonly kind: 'refused'; readonly answer: Answer<'refused'> } & Meant)
  | { readonly kind: 'not_found' }
  | Outage;

/** Who decides could not be asked. */
interface Outage {
  readonly kind: 'unavailable';
  readonly cause: string;
  /**
   * Another source was told the password, by which somebody of its own might come in, or a credential cache compared it: that was a
   * guess, whatever the reason is.
   */
  readonly isGuess: boolean;
  readonly guessedAs: string | undefined;
}

export type NotLetIn = 'called_otherwise' | 'another_user' | 'has_password';

/** Within a sentence, for the administrator. */
export const whyNotLetIn: Readonly<Record<NotLetIn, string>> = {
  called_otherwise: 'the person whom it knows by this name is called otherwise',
  another_user: 'it knows somebody of this name who is not the user here; a sync of the source says why',
  has_password: 'the user has a password here, and is judged by it alone',
};

/** The same of a source that refuses. */
export const causeOf = (reason: DirectoryRefusal): string =>
  directoryRefusals[reason].sentence.replace(/\.$/, '');

export interface SourcesSaid {
  /** What each source said that was asked, in order. */
  readonly findings: readonly SourceFinding[];
  /** The one that decides. */
  readonly finding: SourceFinding;
  readonly verdict: SourcesVerdict;
}

/**
 * Asked for names that nobody here has, too: else who comes from a source would be told by the time it takes.
 * @returns undefined where the application has no sources
 */
export async function askSources(
  { db, sources }: AskSourcesDeps,
  typed: TypedCredentials,
  signal: AbortSignal,
): Promise<SourcesSaid | undefined> {
  const { applicationId, username, password, named } = typed;
  // Each spelling that means nobody has limits of its own: at none of them may a password of somebody be tried.
  const isMeant = named ? undefined : (person: DirectoryUser) => isNameOf(username, person);
  const findings = await sources.verify(applicationId, username, password, signal, isMeant);
  const decisive = findings.find(isDecisive);
  const outage = decisive && (await outageBefore(db.read, typed, decisive, findings.filter(isAway)));
  if (outage) return { findings, finding: outage.finding, verdict: withTried(findings, outage.verdict) };
  const finding = decisive ?? findings.find(isAway) ?? findings.at(-1);
  if (!finding) return undefined;
  return { findings, finding, verdict: withTried(findings, await verdictOn(db.read, typed, finding)) };
}

/** A password that a credential cache compared in vain was guessed, whatever could not be asked besides. */
function withTried(findings: readonly SourceFinding[], verdict: SourcesVerdict): SourcesVerdict {
  const guessedAs = findings.find(({ triedAs }) => triedAs !== undefined)?.triedAs;
  if (guessedAs === undefined) return verdict;
  switch (verdict.kind) {
    case 'accepted':
    case 'not_found':
      return verdict;
    case 'unavailable':
      return { ...verdict, isGuess: true, guessedAs };
    case 'not_let_in':
    case 'refused':
      return { ...verdict, guessedAs };
  }
}

/**
 * An outage that decides, whatever the source behind it said: the user belongs to the one that is away; or it is not known whose the person
 * is, and the source that said no knows nobody for certain.
 */
async function outageBefore(
  read: Read,
  typed: TypedCredentials,
  { source, answer }: SourceFinding,
  away: readonly SourceFinding[],
): Promise<Pick<SourcesSaid, 'finding' | 'verdict'> | undefined> {
  const [first] = away;
  if (!first || !isDecided(answer)) return undefined;
  const origin = typed.named && (await findSourceOf(read, typed.named.id));
  const { user, guessedAs } = await findMeant(read, typed, source, answer);
  const home = away.find(({ source: { id } }) => id === origin);
  if (home && user?.id !== typed.named?.id)
    return { finding: home, verdict: outageOf(home, user !== undefined, guessedAs) };
  if (origin !== undefined || user || answer.kind !== 'refused' || source.knows !== 'names') return undefined;
  return { finding: first, verdict: outageOf(first, true, guessedAs) };
}

const outageOf = ({ answer }: SourceFinding, isGuess: boolean, guessedAs: string | undefined): Outage => ({
  kind: 'unavailable',
  cause: answer.kind === 'unavailable' ? answer.detail : '',
  isGuess,
  guessedAs,
});

const isDecided = (answer: SourceFinding['answer']): answer is Decisive =>
  answer.kind === 'found' || answer.kind === 'refused' || answer.kind === 'cached';

const isDecisive = ({ answer }: SourceFinding): boolean => isDecided(answer);
const isAway = ({ answer }: SourceFinding): boolean => answer.kind === 'unavailable';

async function verdictOn(
  read: Read,
  typed: TypedCredentials,
  { source, answer }: SourceFinding,
): Promise<SourcesVerdict> {
  switch (answer.kind) {
    case 'found':
    case 'cached': {
      const meant = await findMeant(read, typed, source, answer);
      const why = whyNot(typed, answer, meant.user);
      return why ? { kind: 'not_let_in', why, ...meant } : { kind: 'accepted', answer, ...meant };
    }
    case 'refused': {
      const { user, guessedAs } = await findMeant(read, typed, source, answer);
      if (answer.unchecked) return { kind: 'not_let_in', why: 'called_otherwise', user, guessedAs };
      return { kind: 'refused', answer, guessedAs, user: whyNot(typed, answer, user) ? undefined : user };
    }
    case 'not_found':
      return { kind: 'not_found' };
    case 'unavailable':
      return { kind: 'unavailable', cause: answer.detail, isGuess: false, guessedAs: undefined };
  }
}

type Decisive = Answer<'found' | 'refused' | 'cached'>;

async function findMeant(
  read: Read,
  { applicationId }: TypedCredentials,
  { id, knows }: SourceFinding['source'],
  answer: Decisive,
): Promise<Meant> {
  const user =
    answer.kind === 'cached'
      ? await findUser(read, answer.userId)
      : answer.user && (await findUserOf(read, { id, application_id: applicationId }, answer.user));
  const name = user?.username ?? personOf(answer)?.username;
  // Who knows only names takes each spelling for a person of its own, and may check them all by one password.
  const guessedAs = knows === 'names' && name !== undefined ? withoutDomain(name) : name;
  return { user: user ?? undefined, guessedAs };
}

const personOf = (answer: Decisive): DirectoryUser | undefined =>
  answer.kind === 'cached' ? undefined : (answer.user ?? undefined);

/** Why somebody whom a source knows is not let in, however right the password is. */
function whyNot(
  { username, named }: TypedCredentials,
  answer: Decisive,
  user: UserRow | undefined,
): NotLetIn | undefined {
  const person = personOf(answer);
  // Deleted in the very moment.
  if (answer.kind === 'cached' && !user) return 'another_user';
  if (named && user && user.id !== named.id) return 'another_user';
  if (!named && person && !isNameOf(username, person)) return 'called_otherwise';
  return user && user.password_hash !== null ? 'has_password' : undefined;
}

/**
 * Directories take more for a name than people call a name: `àlice` for `alice`, two spaces for one. Each would be counted by itself when
 * passwords are guessed, so only the names that the person has there count, with a domain or without, and the address.
 */
function isNameOf(typed: string, { username, login_names = [], email }: DirectoryUser): boolean {
  const plain = plainKey(typed);
  if (plain === '') return false;
  const names = [username, ...login_names].flatMap((name) => [nameKey(name), plainKey(name)]);
  return names.includes(plain) || (email !== '' && nameKey(email) === nameKey(typed));
}
