// Says what an application requires of a new device. What is under way was begun under other rules, so it ends.
import type { Requirements, RequirementsChange } from '@countersign/contract/onboarding-models.ts';
import { risksOf } from '@countersign/contract/requirement-kinds.ts';
import { requireAcknowledged } from '#core/applications/application-risks.ts';
import { holdApplication } from '#core/applications/hold-application.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import { Problem } from '#platform/problem.ts';
import { toRequirements, writeRequirements } from './application-requirements.ts';
import { requireRequiring } from './get-requirements.ts';
import { processTopic } from './process.ts';
import { endAllOf } from './process-store.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, changed_meanwhile, risk_not_acknowledged
 */
export async function putRequirements(
  deps: AuditDeps & { readonly db: Db; readonly bus: Bus; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  applicationId: string,
  change: RequirementsChange,
): Promise<Requirements> {
  const { ended, result } = await deps.db.write(async (tx) => {
    // The second factor must not change meanwhile: what is left open depends on it.
    await holdApplication(tx, visible, applicationId);
    const before = await requireRequiring(tx, visible, applicationId);
    if (before.requirements.revision !== change.revision) throw new Problem('changed_meanwhile');
    requireAcknowledged(risksOf(change.requirements, before.second_factor), change.acknowledged);
    const now = deps.clock.now();
    if (!(await writeRequirements(tx, applicationId, change, now))) throw new Problem('changed_meanwhile');
    const processes = await endAllOf(tx, applicationId, now);
    await recordAudit(tx, deps, {
      event: 'requirements.changed',
      actor,
      applicationId,
      subjectId: applicationId,
      data: {
        requirements: change.requirements.map(({ kind }) => kind),
        acknowledged: change.acknowledged,
        processes_ended: processes.length,
      },
    });
    const after = await requireRequiring(tx, visible, applicationId);
    return { ended: processes, result: toRequirements(after, deps.publicUrl) };
  });
  for (const id of ended) deps.bus.wake(processTopic(id));
  return result;
}
