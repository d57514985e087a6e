// “Test connection”: goes the way to a directory or a RADIUS server step by step, and tells each step as soon as it is done.
import type { UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { AskDeps } from './verify-with-sources.ts';
import { sourceSettings } from './user-source.ts';
import { requireUserSource } from './user-source-store.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @returns what each step found out, as it is found out. @throws Problem not_found
 */
export async function testUserSource(
  deps: AskDeps & AuditDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  signal: AbortSignal,
): Promise<AsyncIterable<UserSourceFinding>> {
  const row = await requireUserSource(deps.db.read, visible, id);
  const settings = sourceSettings(row, deps.vault);
  const about = { actor, applicationId: row.application_id, subjectId: id };
  await deps.db.write((tx) =>
    recordAudit(tx, deps, { event: 'user_source.tested', ...about, data: { name: row.name } }),
  );
  return deps.directory.probe(settings, signal);
}
