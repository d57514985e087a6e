// Deletes an API client with its tokens.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { type Grantor, visibleTo } from '#core/permissions/grantor.ts';
import type { Db } from '#db/db.ts';
import { refuseStronger, toApiClient } from './api-client.ts';
import { removeApiClient, requireApiClient } from './api-client-store.ts';

/** @throws Problem not_found, forbidden (the client has scopes that the grantor lacks). */
export async function deleteApiClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await requireApiClient(tx, visibleTo(grantor), id);
    refuseStronger(grantor, toApiClient(row));
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
