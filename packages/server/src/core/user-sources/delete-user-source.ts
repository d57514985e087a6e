// Deletes a user source. Its users stay as they are, but for ids that only this source could know them by, and so does what it said of teams;
// a sync that runs ends at its next step.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { keepPoliciesHere } from '#core/users/team-policies.ts';
import type { Db } from '#db/db.ts';
import { keepAdministratorSource } from '#db/administrator-source.ts';
import { Problem } from '#platform/problem.ts';
import { forgetOwnIds } from './source-users-store.ts';
import { removeUserSource, requireUserSource } from './user-source-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, in_use (administrators sign in by it) */
export async function deleteUserSource(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const { name, kind, application_id: applicationId } = await requireUserSource(tx, visible, id);
    await keepAdministratorSource(tx, 'id', id);
    await keepPoliciesHere(tx, deps, actor, { id, applicationId }, []);
    if (kind === 'radius') await forgetOwnIds(tx, id);
    if (!(await removeUserSource(tx, id))) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'user_source.deleted',
      actor,
      applicationId,
      subjectId: id,
      data: { name },
    });
  });
}
