// Creates a SCIM token for an application. The token is told this once.
import type { CreatedScimToken, NewScimToken } from '@countersign/contract/scim-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asOwnerGone } from '#db/owning-application.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import { scimTokenPrefix, type ScimTokenRow, toScimToken } from './scim-token.ts';
import { insertScimToken } from './scim-token-store.ts';

const dayMs = 86_400_000;

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found (the application) */
export async function createScimToken(
  deps: AuditDeps & { readonly db: Db; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  input: NewScimToken,
): Promise<CreatedScimToken> {
  if (visible !== null && visible !== input.application_id) throw new Problem('not_found');
  const token = newToken(deps.random, scimTokenPrefix);
  const now = deps.clock.now();
  const row: ScimTokenRow = {
    id: newId(deps, 'sct'),
    application_id: input.application_id,
    name: input.name,
    token_hash: hashToken(token),
    expires_at: input.valid_days === null ? null : now + input.valid_days * dayMs,
    last_used_at: null,
    created_at: now,
  };
  await deps.db
    .write(async (tx) => {
      await insertScimToken(tx, row);
      await recordAudit(tx, deps, {
        event: 'scim_token.created',
        actor,
        applicationId: row.application_id,
        subjectId: row.id,
        data: { name: row.name, expires_at: row.expires_at },
      });
    })
    .catch(asOwnerGone);
  return { ...toScimToken(row, deps.publicUrl), token };
}
