// Changes an API client. What is taken from it is taken from its tokens at once, since each use of a token asks anew.
import type { ApiClient, ApiClientChanges } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { type Grantor, refuseScopesBeyond, visibleTo } from '#core/permissions/grantor.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import { type ApiClientRow, readScopes, refuseStronger, toApiClient, writeScopes } from './api-client.ts';
import { requireApiClient, updateApiClient } from './api-client-store.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @throws Problem not_found, name_taken, forbidden (the client has scopes, or would get some, that the grantor lacks).
 */
export function changeApiClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  id: string,
  given: ApiClientChanges,
): Promise<ApiClient> {
  const changes = given.scopes ? { ...given, scopes: readScopes(writeScopes(given.scopes)) } : given;
  return deps.db
    .write(async (tx) => {
      const before = toApiClient(await requireApiClient(tx, visibleTo(grantor), id));
      refuseStronger(grantor, before);
      refuseScopesBeyond(grantor, changes.scopes ?? []);
      const changed = changedFields(before, changes);
      if (changed.length === 0) return before;
      const row = await updateApiClient(tx, id, { ...toColumns(changes), updated_at: deps.clock.now() });
      if (!row) throw new Problem('not_found');
      await recordAudit(tx, deps, {
        event: 'api_client.changed',
        actor,
        applicationId: row.application_id,
        subjectId: id,
        data: changeOf(changed, before, changes),
      });
      return toApiClient(row);
    })
    .catch(asNameTaken('name'));
}

const toColumns = (changes: ApiClientChanges): Partial<ApiClientRow> => ({
  ...(changes.name !== undefined && { name: changes.name, name_key: nameKey(changes.name) }),
  ...(changes.scopes !== undefined && { scopes: writeScopes(changes.scopes) }),
  ...(changes.enabled !== undefined && { enabled: changes.enabled ? (1 as const) : (0 as const) }),
});
