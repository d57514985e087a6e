// The row of an administrator of the directory: made when one comes in for the first time, kept up to date with what the directory says.
import { nameKey } from '@countersign/contract/text.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import {
  findAdministratorByGuid,
  findAdministratorByName,
  insertAdministrator,
  lockAdministrator,
  updateAdministrator,
} from '#core/administrators/administrator-store.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { OpenDirectory } from './administrator-directory.ts';
import { holdDirectoryRow } from './administrator-directory-store.ts';
import type { Member } from './ask-directory.ts';

export type KeepDeps = AuditDeps & { readonly db: Db };
export type Kept =
  | { readonly kind: 'kept'; readonly administrator: AdministratorFacts }
  /** Somebody else is called so here. */
  | { readonly kind: 'name_of_another' }
  /** Disabled here, whatever the directory says. */
  | { readonly kind: 'disabled'; readonly administrator: AdministratorFacts }
  /** What the directory was asked by no longer holds. */
  | { readonly kind: 'directory_changed' };

/** Of two who come in at once as the same person, the second finds the row of the first. */
export async function keepDirectoryAdministrator(
  deps: KeepDeps,
  directory: OpenDirectory,
  member: Member,
): Promise<Kept> {
  try {
    return await deps.db.write((tx) => keep(tx, deps, directory, member));
  } catch (error) {
    if (isUniqueViolation(error)) return { kind: 'name_of_another' };
    // Deleted in the moment: whoever comes again begins anew.
    if (error instanceof Problem && error.code === 'not_found') return { kind: 'directory_changed' };
    throw error;
  }
}

async function keep(tx: Tx, deps: KeepDeps, directory: OpenDirectory, member: Member): Promise<Kept> {
  const row = await holdDirectoryRow(tx);
  if (row.enabled === 0 || row.revision !== directory.revision) return { kind: 'directory_changed' };
  const now = deps.clock.now();
  const { sourceId } = directory;
  const known = await findAdministratorByGuid(tx, { sourceId, guid: member.user.guid }, now);
  const named = await findAdministratorByName(tx, nameKey(member.user.username), now);
  if (named && named.id !== known?.id) return { kind: 'name_of_another' };
  const id = known ? await refresh(tx, deps, known.id, member) : await create(tx, deps, directory, member);
  const administrator = await lockAdministrator(tx, id, now);
  return { kind: administrator.enabled === 1 ? 'kept' : 'disabled', administrator };
}

const nameOf = ({ user }: Member): string => user.username.normalize('NFC').trim();

async function create(
  tx: Tx,
  deps: KeepDeps,
  { name: source, sourceId }: OpenDirectory,
  member: Member,
): Promise<string> {
  const now = deps.clock.now();
  const id = newId(deps, 'adm');
  const username = nameOf(member);
  const { role, user } = member;
  await insertAdministrator(tx, {
    id,
    username,
    username_key: nameKey(username),
    role,
    enabled: 1,
    kind: 'directory',
    directory_source_id: sourceId,
    directory_guid: user.guid,
    directory_checked_at: now,
    password_hash: null,
    phone_user_id: null,
    last_signed_in_at: null,
    created_at: now,
    updated_at: now,
  });
  await recordAudit(tx, deps, {
    event: 'administrator.created',
    actor: { kind: 'system' },
    subjectId: id,
    data: { username, role, by: 'directory', source, guid: user.guid },
  });
  return id;
}

/** Sessions have the new role with their next call. */
async function refresh(tx: Tx, deps: KeepDeps, id: string, member: Member): Promise<string> {
  const now = deps.clock.now();
  const before = await lockAdministrator(tx, id, now);
  const after = { username: nameOf(member), role: member.role };
  const changed = (['username', 'role'] as const).filter((field) => before[field] !== after[field]);
  await updateAdministrator(tx, id, {
    ...after,
    username_key: nameKey(after.username),
    directory_checked_at: now,
    ...(changed.length > 0 && { updated_at: now }),
  });
  if (changed.length === 0) return id;
  await recordAudit(tx, deps, {
    event: 'administrator.changed',
    actor: { kind: 'system' },
    subjectId: id,
    data: {
      changed,
      ...after,
      role_before: before.role,
      ...(changed.includes('username') && { username_before: before.username }),
      by: 'directory',
    },
  });
  return id;
}
