// Says in which order the user sources of an application are asked.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { holdApplication } from '#core/applications/hold-application.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { Problem } from '#platform/problem.ts';
import type { ShowDeps } from './list-user-sources.ts';
import { movePosition, selectUserSources, showUserSources } from './user-source-store.ts';

/**
 * @param ids all of them, each once. @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, changed_meanwhile (there are others by now)
 */
export async function orderUserSources(
  deps: AuditDeps & ShowDeps,
  actor: Actor,
  visible: string | null,
  applicationId: string,
  ids: readonly string[],
): Promise<{ items: UserSource[] }> {
  return deps.db.write(async (tx) => {
    await holdApplication(tx, visible, applicationId);
    const before = await selectUserSources(tx, applicationId);
    const known = new Set(before.map(({ id }) => id));
    const isAll = ids.length === known.size && new Set(ids).size === ids.length;
    if (!isAll || ids.some((id) => !known.has(id))) throw new Problem('changed_meanwhile');
    if (before.some(({ id }, index) => id !== ids[index])) {
      for (const [index, id] of ids.entries()) await movePosition(tx, id, index + 1);
      const about = { actor, applicationId, subjectId: applicationId };
      await recordAudit(tx, deps, { event: 'user_source.ordered', ...about, data: { order: ids } });
    }
    const after = await selectUserSources(tx, applicationId);
    return { items: await showUserSources(tx, after, deps.silences) };
  });
}
