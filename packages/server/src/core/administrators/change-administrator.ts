// Changes an administrator. Whoever is disabled is signed out at once.
import type { Administrator, AdministratorChanges } from '@countersign/contract/administrator-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { type AdministratorRow, refuseOfDirectory, toAdministrator } from './administrator.ts';
import { lockAdministrator, requireAdministrator, updateAdministrator } from './administrator-store.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';
import { lockOwners, refuseLastOwner } from './owners.ts';
import { removeSessionsOf } from './session-store.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @throws Problem not_found, name_taken, last_owner, kept_in_directory (the directory says name and role), forbidden (the administrator is or would be stronger than the grantor)
 */
export async function changeAdministrator(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  id: string,
  changes: AdministratorChanges,
): Promise<Administrator> {
  return deps.db
    .write(async (tx) => {
      await lockOwners(tx);
      const now = deps.clock.now();
      const row = await lockAdministrator(tx, id, now);
      for (const role of [row.role, changes.role ?? row.role]) refuseRoleBeyond(grantor, role);
      const before = toAdministrator(row);
      const changed = changedFields(before, changes);
      if (changed.length === 0) return before;
      if (changed.some((field) => field !== 'enabled')) refuseOfDirectory(row);
      const stays = (changes.role ?? row.role) === 'owner' && changes.enabled !== false;
      if (!stays) await refuseLastOwner(tx, row);
      if (changes.enabled === false) await removeSessionsOf(tx, id);
      await updateAdministrator(tx, id, { ...toColumns(changes), updated_at: now });
      await recordAudit(tx, deps, {
        event: 'administrator.changed',
        actor,
        subjectId: id,
        data: {
          ...changeOf(changed, before, changes),
          ...(changes.role !== undefined && { role: changes.role }),
        },
      });
      return toAdministrator(await requireAdministrator(tx, id, now));
    })
    .catch(asNameTaken('username'));
}

const toColumns = ({ username, role, enabled }: AdministratorChanges): Partial<AdministratorRow> => ({
  ...(username !== undefined && { username, username_key: nameKey(username) }),
  ...(role !== undefined && { role }),
  ...(enabled !== undefined && { enabled: enabled ? (1 as const) : (0 as const) }),
});
