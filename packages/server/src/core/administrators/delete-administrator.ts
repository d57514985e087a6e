// Deletes an administrator with passkeys and sessions. What they did stays in the audit trail.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { lockAdministrator, removeAdministrator } from './administrator-store.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';
import { lockOwners, refuseLastOwner } from './owners.ts';

/** @throws Problem not_found, last_owner, forbidden (the administrator is stronger than the grantor) */
export async function deleteAdministrator(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    await lockOwners(tx);
    const row = await lockAdministrator(tx, id, deps.clock.now());
    refuseRoleBeyond(grantor, row.role);
    await refuseLastOwner(tx, row);
    await removeAdministrator(tx, id);
    await recordAudit(tx, deps, {
      event: 'administrator.deleted',
      actor,
      subjectId: id,
      data: { username: row.username, role: row.role },
    });
  });
}
