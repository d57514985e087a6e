// Deletes a SCIM token; what was pushed with it stays.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { removeScimToken } from './scim-token-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function deleteScimToken(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await removeScimToken(tx, visible, id);
    if (!row) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'scim_token.deleted',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name: row.name },
    });
  });
}
