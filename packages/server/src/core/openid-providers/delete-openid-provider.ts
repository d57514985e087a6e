// Deletes an OpenID provider. Its users stay as they are; logins under way at it are refused.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { removeProvider, requireProvider } from './openid-provider-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function deleteOpenidProvider(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const { name, application_id: applicationId } = await requireProvider(tx, visible, id);
    if (!(await removeProvider(tx, id))) throw new Problem('not_found');
    const about = { actor, applicationId, subjectId: id };
    await recordAudit(tx, deps, { event: 'openid_provider.deleted', ...about, data: { name } });
  });
}
