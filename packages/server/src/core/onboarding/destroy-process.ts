// An administrator ends a process that is stuck, so that the device can begin afresh.
import type { OnboardingProcessWithSteps } from '@countersign/contract/onboarding-models.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import { Problem } from '#platform/problem.ts';
import type { CloseDeps } from './close-processes.ts';
import type { Decider } from './decide-process.ts';
import { getProcess, requireProcess } from './list-processes.ts';
import { processTopic } from './process.ts';
import { endProcess } from './process-store.ts';
import { writeProcessSteps } from './process-steps.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, process_ended */
export async function destroyProcess(
  deps: CloseDeps,
  { actor, name }: Omit<Decider, 'grantor'>,
  visible: string | null,
  id: string,
): Promise<OnboardingProcessWithSteps> {
  await deps.db.write(async (tx) => {
    const { application_id: applicationId } = await requireProcess(tx, visible, id);
    const now = deps.clock.now();
    const steps = writeProcessSteps(now, 'system', [{ code: 'destroyed', details: { by: name } }]);
    const row = await endProcess(tx, id, { status: 'destroyed', ending: 'destroyed' }, { steps, now });
    if (!row) throw new Problem('process_ended');
    await recordAudit(tx, deps, {
      event: 'onboarding.destroyed',
      actor,
      applicationId,
      subjectId: id,
      data: { reason: 'destroyed', user_id: row.user_id, username: row.username },
    });
  });
  deps.bus.wake(processTopic(id));
  return getProcess(deps, visible, id);
}
