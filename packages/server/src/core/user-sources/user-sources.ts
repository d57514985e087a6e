// All user sources of an application together, as whoever checks a person's password asks them: in their order, until one knows the person.
import type { Secret } from '#platform/secret.ts';
import type { DirectoryAnswer } from './directory.ts';

/** What one source said. */
export interface SourceFinding {
  readonly source: { readonly id: string; readonly name: string };
  readonly answer: DirectoryAnswer;
}

export interface UserSources {
  /**
   * Asks the sources of an application in their order. One that found or refused the person is the last that is asked; one that does not
   * know the person, or cannot be asked, is followed by the next. Never throws for what a source does.
   * @returns what each that was asked said, in order; nothing when the application has no sources
   */
  verify(
    applicationId: string,
    username: string,
    password: Secret,
    signal: AbortSignal,
  ): Promise<readonly SourceFinding[]>;
}

/** Where there are none. */
export const noUserSources: UserSources = { verify: async () => [] };
