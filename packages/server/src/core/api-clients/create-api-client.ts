// Creates an API client, with no more power than whoever creates it has. The client secret is told this once.
import type { ApiClient, NewApiClient } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { type Grantor, refuseScopesBeyond, visibleTo } from '#core/permissions/grantor.ts';
import type { Db } from '#db/db.ts';
import { asOwnerGone, requireOwner } from '#db/owning-application.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import { type ApiClientRow, clientSecretPrefix, toApiClient, writeScopes } from './api-client.ts';
import { insertApiClient } from './api-client-store.ts';

export type CreatedApiClient = ApiClient & { readonly client_secret: string };

/** @throws Problem forbidden (more than the grantor has), not_found (the application), name_taken. */
export async function createApiClient(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  grantor: Grantor,
  input: NewApiClient,
): Promise<CreatedApiClient> {
  refuseScopesBeyond(grantor, input.scopes);
  const bound = visibleTo(grantor);
  if (bound !== null && input.application_id !== bound)
    throw new Problem(
      'forbidden',
      'the API client is bound to one application and can only make such for it',
    );
  const clientSecret = newToken(deps.random, clientSecretPrefix);
  const now = deps.clock.now();
  const row: ApiClientRow = {
    id: newId(deps, 'acl'),
    name: input.name,
    name_key: nameKey(input.name),
    secret_hash: hashToken(clientSecret),
    scopes: writeScopes(input.scopes),
    application_id: input.application_id,
    enabled: input.enabled ? 1 : 0,
    last_used_at: null,
    created_at: now,
    updated_at: now,
  };
  await deps.db
    .write(async (tx) => {
      if (row.application_id !== null) await requireOwner(tx, row.application_id);
      await insertApiClient(tx, row);
      await recordAudit(tx, deps, {
        event: 'api_client.created',
        actor,
        applicationId: row.application_id,
        subjectId: row.id,
        data: { name: row.name, scopes: row.scopes },
      });
    })
    .catch(asOwnerGone)
    .catch(asNameTaken('name'));
  return { ...toApiClient(row), client_secret: clientSecret };
}
