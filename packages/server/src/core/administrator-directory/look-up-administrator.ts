// “Who would get in?”: what a sign-in of a person of the directory would come to, without a password.
import type { AdministratorLookUpResult } from '@countersign/contract/administrator-directory-models.ts';
import type { DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import { directoryRefusals } from '@countersign/contract/directory-refusals.ts';
import { nameKey } from '@countersign/contract/text.ts';
import {
  findAdministratorByGuid,
  findAdministratorByName,
} from '#core/administrators/administrator-store.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import { Problem } from '#platform/problem.ts';
import type { OpenDirectory } from './administrator-directory.ts';
import { askForMember, type Member, type Outside } from './ask-directory.ts';
import type { ConfirmDeps } from './confirm-member.ts';
import { findKeptDirectory } from './find-open-directory.ts';

/** By the settings that are kept, switched on or not. @throws Problem forbidden, source_disabled (also where none is chosen) */
export async function lookUpAdministrator(
  deps: ConfirmDeps,
  actor: Actor,
  visible: string | null,
  username: string,
): Promise<AdministratorLookUpResult> {
  requireInstallationWide(visible);
  const kept = await findKeptDirectory(deps);
  if (!kept) throw new Problem('source_disabled', 'choose a user source that is enabled');
  const said = await askForMember(deps, kept.directory, username);
  const isTaken = said.kind === 'member' && (await hasOther(deps, kept.directory, said));
  const result = isTaken ? { ...toResult(said), result: 'name_taken' as const } : toResult(said);
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'administrator_directory.looked_up',
      actor,
      data: { username, result: result.result },
    }),
  );
  return result;
}

async function hasOther(
  { db, clock }: ConfirmDeps,
  { sourceId }: OpenDirectory,
  { user }: Member,
): Promise<boolean> {
  const named = await findAdministratorByName(db.read, nameKey(user.username), clock.now());
  const known = await findAdministratorByGuid(db.read, { sourceId, guid: user.guid }, clock.now());
  return named !== undefined && named.id !== known?.id;
}

function toResult(said: Member | Outside): AdministratorLookUpResult {
  const user = 'user' in said ? said.user : null;
  return {
    result: said.kind === 'member' ? 'admitted' : said.kind,
    role: said.kind === 'member' ? said.role : null,
    username: user?.username ?? null,
    full_name: user?.full_name ?? null,
    dn: user?.dn ?? null,
    reason: said.kind === 'refused' && isRefusal(said.cause) ? said.cause : null,
    detail: detailOf(said),
  };
}

const isRefusal = (cause: string): cause is DirectoryRefusal => Object.hasOwn(directoryRefusals, cause);

function detailOf(said: Member | Outside): string {
  if (said.kind === 'not_found') return said.tried;
  if (said.kind === 'unavailable') return said.detail;
  return said.kind === 'refused' && !isRefusal(said.cause)
    ? 'its user name or id cannot be an administrator’s here'
    : '';
}
