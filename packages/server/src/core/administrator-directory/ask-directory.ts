// What the directory says of somebody who wants in or is in: a member of a group with a role, or why not.
import { isDisplayable, nameKey } from '@countersign/contract/text.ts';
import type { Directory, DirectoryAnswer, DirectoryUser } from '#core/user-sources/directory.ts';
import { type OpenDirectory, type RoleByDirectory, roleOf } from './administrator-directory.ts';

export interface Member {
  readonly kind: 'member';
  readonly user: DirectoryUser;
  readonly role: RoleByDirectory;
}

export type Outside =
  | { readonly kind: 'not_found'; readonly tried: string }
  | { readonly kind: 'not_in_group'; readonly user: DirectoryUser }
  /** @property cause a DirectoryRefusal, or `unusable_name` */
  | { readonly kind: 'refused'; readonly cause: string; readonly user: DirectoryUser | null }
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface AskDeps {
  readonly directory: Directory;
}

/** Of one question, whatever the user source allows: somebody waits in front of a form. */
export const longestMs = 8000;

/** Without a password. Never throws for what the directory does. */
export function askForMember(
  { directory }: AskDeps,
  { settings }: OpenDirectory,
  username: string,
): Promise<Member | Outside> {
  return judged(() => directory.lookUp(settings, username, AbortSignal.timeout(longestMs)));
}

/** @param ask how the directory is asked */
export async function judged(ask: () => Promise<DirectoryAnswer>): Promise<Member | Outside> {
  let answer: DirectoryAnswer;
  try {
    answer = await ask();
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : 'it failed' };
  }
  if (answer.kind === 'refused') return { kind: 'refused', cause: answer.reason, user: answer.user };
  if (answer.kind !== 'found') return answer;
  const { user } = answer;
  const role = roleOf(user);
  if (!user.enabled) return { kind: 'refused', cause: 'account_disabled', user };
  if (role === undefined) return { kind: 'not_in_group', user };
  return isUsable(user) ? { kind: 'member', user, role } : { kind: 'refused', cause: 'unusable_name', user };
}

const longestName = 80;
const longestGuid = 128;

/** What an administrator may be called and known by; nobody is let in under a name that was cut. */
function isUsable({ username, guid }: DirectoryUser): boolean {
  const isName = isDisplayable(username) && nameKey(username) !== '' && [...username].length <= longestName;
  return isName && guid !== '' && guid.length <= longestGuid;
}
