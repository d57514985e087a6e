// Deletes an API client with its tokens.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { removeApiClient, requireApiClient } from './api-client-store.ts';

/** @param visible id of the only application whose clients the caller may see; null for all. @throws Problem not_found */
export async function deleteApiClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await requireApiClient(tx, visible, id);
    await removeApiClient(tx, id);
    await recordAudit(tx, deps, {
      event: 'api_client.deleted',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name: row.name },
    });
  });
}
