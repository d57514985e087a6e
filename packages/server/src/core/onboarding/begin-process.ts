// Begins to bind a device by what its application requires, or goes on where the same key left off.
import type { NewProcess, OwnProcess } from '@countersign/contract/onboarding-device-models.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import { thumbprintOf } from '#core/devices/p256.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { RequiringApplication } from './application-requirements.ts';
import { endIfOver } from './close-processes.ts';
import { requireEnrolling } from './get-enrolment.ts';
import { keyHasDevice } from './onboarding-store.ts';
import { showOwn } from './own-process.ts';
import { processMs, type ProcessRow } from './process.ts';
import { changeProcess, findCompletedOf, findOpenOf, insertProcess } from './process-store.ts';
import { writeProcessSteps } from './process-steps.ts';
import type { RequirementDeps } from './requirements/requirement-kind.ts';

export interface Beginning {
  readonly accessId: string;
  /** From where the call comes. */
  readonly address: string;
  readonly input: NewProcess;
}

/** @throws Problem not_found, enrolment_closed, device_key_in_use, too_many_requests, proof_invalid */
export async function beginProcess(
  deps: RequirementDeps,
  key: NewKey,
  beginning: Beginning,
): Promise<OwnProcess> {
  const application = await requireEnrolling(deps.db, beginning.accessId);
  const thumbprint = thumbprintOf(key.jwk);
  const { begunBySource, begunByApplication } = deps.onboardingThrottles;
  if (!begunBySource.take(beginning.address).allowed) throw new Problem('too_many_requests');
  const open = await findOpenOf(deps.db.read, application.id, thumbprint);
  if (!open && !begunByApplication.take(application.id).allowed) throw new Problem('too_many_requests');
  await key.useUp();
  if (await keyHasDevice(deps.db.read, thumbprint)) return completedBefore(deps, application, thumbprint);
  const process = await goOn(deps, { application, thumbprint, ...beginning });
  return showOwn(deps, { process, application });
}

/** The answer to its completion was lost: the device finds that it is bound, and completes again. @throws Problem device_key_in_use */
async function completedBefore(
  deps: RequirementDeps,
  application: RequiringApplication,
  thumbprint: string,
): Promise<OwnProcess> {
  const process = await findCompletedOf(deps.db.read, application.id, thumbprint);
  if (!process) throw new Problem('device_key_in_use');
  return showOwn(deps, { process, application });
}

interface GoingOn extends Beginning {
  readonly application: RequiringApplication;
  readonly thumbprint: string;
}

/** How often it is looked again when another call of the same key came in the very moment. */
const maxLooks = 4;

async function goOn(deps: RequirementDeps, going: GoingOn): Promise<ProcessRow> {
  for (let left = maxLooks; left > 0; left -= 1) {
    const open = await findOpenOf(deps.db.read, going.application.id, going.thumbprint);
    if (!open) {
      const row = newRow(deps, going);
      if (await deps.db.write((tx) => insertProcess(tx, row))) return row;
    } else if (!(await endIfOver(deps, open, going.application))) {
      const resumed = await resume(deps, open, going.address);
      if (resumed) return resumed;
    }
  }
  throw new Problem('too_many_requests');
}

/** Undefined when it moved or ended in this moment. */
function resume(deps: RequirementDeps, open: ProcessRow, address: string): Promise<ProcessRow | undefined> {
  const now = deps.clock.now();
  const steps = writeProcessSteps(now, 'system', [{ code: 'resumed', details: { address } }]);
  return deps.db.write((tx) =>
    changeProcess(tx, { id: open.id, position: open.position }, { set: {}, steps, now }),
  );
}

function newRow(
  deps: RequirementDeps,
  { application, thumbprint, address, input: { device } }: GoingOn,
): ProcessRow {
  const now = deps.clock.now();
  const { revision, list } = application.requirements;
  const details = { device: device.name, platform: device.platform, address };
  return {
    id: newId(deps, 'onp'),
    application_id: application.id,
    key_thumbprint: thumbprint,
    status: 'open',
    ending: null,
    refusal: null,
    requirements_revision: revision,
    kinds: JSON.stringify(list.map(({ kind }) => kind)),
    position: 0,
    tries: 0,
    state: null,
    waits_for: 'person',
    user_id: null,
    username: '',
    vouched: 0,
    device_name: device.name,
    platform: device.platform,
    app_version: device.app_version,
    address,
    device_id: null,
    ready_at: null,
    created_at: now,
    updated_at: now,
    expires_at: now + processMs,
    ended_at: null,
    steps: writeProcessSteps(now, 'system', [{ code: 'begun', details }]),
  };
}
