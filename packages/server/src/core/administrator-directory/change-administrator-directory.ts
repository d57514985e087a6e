// Changes by which directory administrators come in. Whoever is in by it is looked for anew; when it is switched off, or another, they are
// out.
import {
  type AdministratorDirectory,
  type AdministratorDirectoryChanges,
  groupFields,
} from '@countersign/contract/administrator-directory-models.ts';
import { rolesByDirectory } from '@countersign/contract/roles.ts';
import { refuseRoleBeyond } from '#core/administrators/refuse-role-beyond.ts';
import { changedFields } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { distrustDirectoryAdministrators } from '#db/administrator-source.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import { type FieldError, Problem } from '#platform/problem.ts';
import type { RoleGroup } from './administrator-directory.ts';
import {
  findDirectorySource,
  holdDirectoryRow,
  readDirectoryRow,
  removeSessionsByDirectory,
} from './administrator-directory-store.ts';
import { fieldsOf, showDirectory } from './get-administrator-directory.ts';

type Fields = ReturnType<typeof fieldsOf>;

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @throws Problem invalid_request, forbidden (the groups give or gave a role beyond the grantor)
 */
export async function changeAdministratorDirectory(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  changes: AdministratorDirectoryChanges,
): Promise<AdministratorDirectory> {
  return deps.db.write(async (tx) => {
    const row = await holdDirectoryRow(tx);
    const before = fieldsOf(row);
    const changed = changedFields(before, changes);
    const after: Fields = { ...before, ...withoutAbsent(changes) };
    // The source alone decides who is in the groups: all roles are at stake with each change.
    for (const role of rolesByDirectory) refuseRoleBeyond(grantor, role);
    if (changed.length === 0) return showDirectory(tx, row);
    await refuseUnusable(tx, after);
    const now = deps.clock.now();
    await tx
      .updateTable('administrator_directory')
      .set({
        enabled: after.enabled ? 1 : 0,
        source_id: after.source_id,
        role_groups: JSON.stringify(groupsOf(after)),
        revision: row.revision + 1,
        changed_at: now,
      })
      .execute();
    await distrustDirectoryAdministrators(tx);
    const isOther = !after.enabled || after.source_id !== before.source_id;
    const ended = isOther ? await removeSessionsByDirectory(tx) : 0;
    await recordAudit(tx, deps, {
      event: 'administrator_directory.changed',
      actor,
      data: { changed, ...after, ...(ended > 0 && { sessions_ended: ended }) },
    });
    return showDirectory(tx, await readDirectoryRow(tx));
  });
}

function withoutAbsent(changes: AdministratorDirectoryChanges): Partial<Fields> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

const groupsOf = (fields: Fields): RoleGroup[] =>
  rolesByDirectory.flatMap((role) => fields[groupFields[role]].map((group) => ({ group, role })));

async function refuseUnusable(read: Read | Tx, fields: Fields): Promise<void> {
  const faults: FieldError[] = [];
  const hasGroups = groupsOf(fields).length > 0;
  if (fields.enabled && !hasGroups)
    faults.push({ field: groupFields.administrator, message: 'or another list must name a group' });
  if (fields.enabled && fields.source_id === null)
    faults.push({ field: 'source_id', message: 'must name a user source' });
  if (fields.source_id !== null && !(await findDirectorySource(read, fields.source_id)))
    faults.push({ field: 'source_id', message: 'must be a user source of Active Directory or LDAP' });
  if (faults.length > 0) throw new Problem('invalid_request', undefined, faults);
}
