// “Test” of an OpenID provider: asks it step by step, and tells each step as soon as it is done.
import type { OpenidFinding } from '@countersign/contract/openid-models.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import { openidSettings, redirectUriOf } from './openid-provider.ts';
import { requireProvider } from './openid-provider-store.ts';
import type { OpenidLoginDeps } from './openid-login.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @returns what each step found out, as it is found out. @throws Problem not_found
 */
export async function testOpenidProvider(
  deps: OpenidLoginDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  signal: AbortSignal,
): Promise<AsyncIterable<OpenidFinding>> {
  const row = await requireProvider(deps.db.read, visible, id);
  const about = { actor, applicationId: row.application_id, subjectId: id };
  const data = { name: row.name, login: false };
  await deps.db.write((tx) => recordAudit(tx, deps, { event: 'openid_provider.tested', ...about, data }));
  return deps.openid.probe(openidSettings(row, deps.vault), redirectUriOf(deps.publicUrl, row), signal);
}
