// All user sources of an application together, as whoever checks a person's password asks them: in their order, until one knows the person.
import type { Secret } from '#platform/secret.ts';
import type { Tx } from '#db/db.ts';
import type { AnswerOfKind, DirectoryAnswer, IsMeant } from './directory.ts';

/** What one source said. */
export interface SourceFinding {
  readonly source: {
    readonly id: string;
    readonly name: string;
    /** Of its settings. */
    readonly revision: number;
    /** Those that its groups stand for. */
    readonly teams: readonly string[];
    /** Only names: of the person nothing else is to be taken over. */
    readonly knows: 'people' | 'names';
  };
  readonly answer: DirectoryAnswer | CachedAnswer;
  /** With `found`, where groups stand for teams: asks for the person with groups read anew, since what is known of them may be a minute old. */
  readonly readAnew?: () => Promise<DirectoryAnswer>;
  /** With `found`, where the source has a credential cache: keeps the password of the user that was made or refreshed from it. */
  readonly keep?: (tx: Tx, userId: string) => Promise<void>;
  /** With `unavailable`, where the source has a credential cache: why that did not let the person in. */
  readonly notCached?: Exclude<CacheResult, 'accepted'> | 'answered';
  /** With `notCached`, where a password was tried in vain: what the user is called here whose password is kept. */
  readonly triedAs?: string;
}

/** The source could not be asked, and its credential cache accepted the password. Nothing is known of the person but who it is here. */
export interface CachedAnswer {
  readonly kind: 'cached';
  readonly userId: string;
  readonly username: string;
  /** When the source itself accepted it, epoch milliseconds. */
  readonly keptAt: number;
  /** Why the source could not be asked; for the administrator. */
  readonly cause: string;
}

export type CacheResult = 'accepted' | 'wrong' | 'nothing_kept' | 'too_many_tries' | 'overloaded';

/** Why the credential cache did not let somebody in, within a sentence. */
export const whyNotCached: Readonly<Record<NonNullable<SourceFinding['notCached']>, string>> = {
  answered: 'a server of the source did answer, so it is no outage',
  nothing_kept: 'no password of the person is kept there',
  wrong: 'the password is not the one that is kept there',
  too_many_tries: 'too many wrong passwords were tried',
  overloaded: 'too many passwords were being checked',
};

type Found = AnswerOfKind<'found'>;
type Away = AnswerOfKind<'unavailable'>;

/**
 * What a source that found somebody says of the same person with groups read anew. One that cannot say it is away: nobody is let in without
 * it being known whether the person is to be asked.
 */
export async function findAnew({ readAnew }: SourceFinding, { user }: Found): Promise<Found | Away> {
  const answer = await readAnew?.();
  if (answer?.kind === 'found' && answer.user.guid === user.guid) return answer;
  if (answer?.kind === 'unavailable') return answer;
  return { kind: 'unavailable', detail: 'the person was not found again' };
}

export interface UserSources {
  /**
   * Asks the sources of an application in their order. One that found or refused the person, or whose
   * credential cache accepted the password, is the last that is asked; one that does not
   * know the person, or cannot be asked, is followed by the next. Never throws for what a source does.
   * @param isMeant as for `PasswordCheck.verify`
   * @returns what each that was asked said, in order; nothing when the application has no sources
   */
  verify(
    applicationId: string,
    username: string,
    password: Secret,
    signal: AbortSignal,
    isMeant?: IsMeant,
  ): Promise<readonly SourceFinding[]>;
}

/** Where there are none. */
export const noUserSources: UserSources = { verify: async () => [] };
