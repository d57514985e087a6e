// Whether an administrator of the directory is still a member: asked before a passkey or the phone counts, and now and then of a session.
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import type { Vault } from '#platform/vault.ts';
import { type AskDeps, askForMember, type Outside } from './ask-directory.ts';
import { endDirectorySessions } from './end-directory-sessions.ts';
import { findOpenDirectory } from './find-open-directory.ts';
import { type KeepDeps, keepDirectoryAdministrator } from './keep-directory-administrator.ts';

export type ConfirmDeps = KeepDeps & AskDeps & { readonly vault: Vault };

/** Why not, for the audit trail. */
export interface NoMember {
  readonly reason: NoMemberReason;
  readonly cause?: string | undefined;
}
export type NoMemberReason =
  | 'not_in_directory'
  | 'not_in_group'
  | 'directory_refused'
  | 'name_of_another'
  | 'administrator_disabled'
  | 'directory_off'
  | 'directory_unavailable';

/**
 * Keeps name and role as the directory has them; whoever is no member any more loses all sessions. A directory that cannot be asked ends
 * none: the caller decides what that means.
 * @returns undefined when the administrator is a member
 */
export async function confirmMember(
  deps: ConfirmDeps,
  administrator: AdministratorFacts,
): Promise<NoMember | undefined> {
  const no = await findFault(deps, administrator);
  if (no && no.reason !== 'directory_unavailable') await endDirectorySessions(deps, administrator.id, no);
  return no;
}

async function findFault(
  deps: ConfirmDeps,
  { username, directory_guid: guid, directory_source_id: sourceId }: AdministratorFacts,
): Promise<NoMember | undefined> {
  const directory = await findOpenDirectory(deps);
  if (!directory) return { reason: 'directory_off' };
  // Of a directory that was chosen before: whoever has the name, or the id, in this one is somebody else.
  if (directory.sourceId !== sourceId) return { reason: 'not_in_directory' };
  const said = await askForMember(deps, directory, username);
  if (said.kind !== 'member') return faultOf(said);
  // Somebody else has the name now.
  if (said.user.guid !== guid) return { reason: 'not_in_directory' };
  const kept = await keepDirectoryAdministrator(deps, directory, said);
  switch (kept.kind) {
    case 'kept':
      return undefined;
    case 'name_of_another':
      return { reason: 'name_of_another' };
    case 'disabled':
      return { reason: 'administrator_disabled' };
    // By what holds now nobody has asked yet.
    case 'directory_changed':
      return { reason: 'directory_unavailable', cause: 'the settings were changed meanwhile' };
  }
}

export function faultOf(said: Outside): NoMember {
  switch (said.kind) {
    case 'not_found':
      return { reason: 'not_in_directory' };
    case 'not_in_group':
      return { reason: 'not_in_group' };
    case 'refused':
      return { reason: 'directory_refused', cause: said.cause };
    case 'unavailable':
      return { reason: 'directory_unavailable', cause: said.detail };
  }
}
