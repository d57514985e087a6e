// The setup link: how the first administrator gets in without a default password. It works once, for a day.
import { allScopes } from '@countersign/contract/scopes.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import {
  expireSetupLinks,
  insertApiClientUnderFreeName,
  insertSetupLink,
  takeSetupLink,
} from './setup-link-store.ts';

const setupTokenPrefix = 'csu_';
// The form of core/api-clients (same level, so not imported); a test uses what is made here there.
const clientSecretPrefix = 'css_';
const validMilliseconds = 86_400_000;
const firstName = 'First administrator';

/** Makes a setup link; earlier ones that were not used stop working. `expiresAt` in epoch milliseconds. */
export async function createSetupLink(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const token = newToken(deps.random, setupTokenPrefix);
  const now = deps.clock.now();
  const id = newId(deps, 'sul');
  const expiresAt = now + validMilliseconds;
  await deps.db.write(async (tx) => {
    // First, since it locks this node's chain: of two links made at once, the later then expires the earlier.
    await recordAudit(tx, deps, { event: 'setup_link.created', actor, subjectId: id, data: { expiresAt } });
    await expireSetupLinks(tx, now);
    await insertSetupLink(tx, {
      id,
      token_hash: hashToken(token),
      created_at: now,
      expires_at: expiresAt,
      used_at: null,
    });
  });
  return { token, expiresAt };
}

/**
 * Exchanges a setup link for an API client with every scope, exactly once.
 * @throws Problem setup_link_invalid when it was used, has expired or never existed.
 */
export async function useSetupLink(
  deps: AuditDeps & { readonly db: Db },
  token: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string }> {
  const clientSecret = newToken(deps.random, clientSecretPrefix);
  const clientId = newId(deps, 'acl');
  const now = deps.clock.now();
  await deps.db.write(async (tx) => {
    const linkId = await takeSetupLink(tx, hashToken(token), now);
    if (linkId === undefined) throw new Problem('setup_link_invalid');
    const scopes = allScopes.join(' ');
    const name = await insertApiClientUnderFreeName(tx, firstName, {
      id: clientId,
      secret_hash: hashToken(clientSecret),
      scopes,
      application_id: null,
      enabled: 1,
      last_used_at: null,
      created_at: now,
      updated_at: now,
    });
    const actor: Actor = { kind: 'setup_link', id: linkId };
    await recordAudit(tx, deps, { event: 'setup_link.used', actor, subjectId: linkId, data: { clientId } });
    await recordAudit(tx, deps, {
      event: 'api_client.created',
      actor,
      subjectId: clientId,
      data: { name, scopes },
    });
  });
  return { clientId, clientSecret };
}
