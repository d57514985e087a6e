// Binds the device once everything is met. The process moves from open to completed in the very transaction that makes the device, so of
// two calls one makes it; the other, or one whose answer was lost, gets the same device again.
import { readChain } from '#core/certificates/authority-store.ts';
import { X509Certificate } from 'node:crypto';
import type { Onboarded } from '@countersign/contract/device-models.ts';
import type { Completion } from '@countersign/contract/onboarding-device-models.ts';
import { NotIssued } from '#core/certificate-sources/obtain-device-certificate.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import type { Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { isEnrolling } from './application-requirements.ts';
import {
  asKeyInUse,
  type Binding,
  type Bound,
  bindDevice,
  type OnboardDeps,
  prepareBinding,
  toOnboarded,
} from './bind-device.ts';
import { EnrolmentClosed } from './enrolment-closed.ts';
import { againOwn, type Own, type OwnName, requireOwn, shownApplication } from './own-process.ts';
import { hoursOf, nextKindOf, type ProcessRow, processTopic } from './process.ts';
import { changeProcess } from './process-store.ts';
import { type ProcessStep, writeProcessSteps } from './process-steps.ts';
import { tellOlderDevices } from './tell-older-devices.ts';

export type CompleteDeps = OnboardDeps;

/**
 * @throws Problem process_unknown, process_ended, requirements_unmet, enrolment_closed, user_disabled, certificate_request_invalid,
 *   invalid_request (encryption key), device_key_in_use, device_limit_reached, proof_invalid, certificate_request_differs, NotIssued
 */
export async function completeProcess(
  deps: CompleteDeps,
  key: NewKey,
  name: OwnName & { readonly input: Completion },
): Promise<Onboarded> {
  const own = await requireOwn(deps, key, name);
  const again = await boundBefore(deps, own, name.input);
  if (again) return again;
  requireReady(deps, own);
  const { application_id: applicationId } = own.process;
  const prepared = await prepareBinding(deps, key.jwk, name.input, applicationId).catch(
    async (error: unknown) => {
      if (error instanceof NotIssued) await tellNotIssued(deps, own, error);
      // The other call of two was faster.
      const bound = await boundBefore(deps, await againOwn(deps, name), name.input);
      if (bound) return bound;
      throw error;
    },
  );
  if ('device_id' in prepared) return prepared;
  const bound = await deps.db.write((tx) => finish(tx, deps, own, prepared)).catch(asKeyInUse);
  deps.bus.wake(processTopic(own.process.id));
  if (bound && bound.had > bound.replaced && own.process.user_id !== null)
    tellOlderDevices(deps, prepared.deviceId, own.process.user_id);
  const after = await boundBefore(deps, await againOwn(deps, name), name.input);
  if (after) return after;
  throw new Problem(bound ? 'device_key_in_use' : 'process_ended');
}

/** For the administrator who looks at the process. */
async function tellNotIssued(deps: CompleteDeps, { process }: Own, error: NotIssued): Promise<void> {
  const authority = error.authority;
  const step: ProcessStep =
    error.code === 'certificate_pending'
      ? { code: 'certificate_waits', details: { authority } }
      : { code: 'certificate_refused', details: { authority, cause: error.why } };
  const steps = writeProcessSteps(deps.clock.now(), 'system', [step]);
  await deps.db.write((tx) => tellSteps(tx, process, steps));
  deps.bus.wake(processTopic(process.id));
}

function requireReady({ clock }: CompleteDeps, { process, application }: Own): void {
  if (process.status !== 'open') throw new Problem('process_ended');
  if (!isEnrolling(application)) throw new EnrolmentClosed(application.id);
  if (nextKindOf(process) !== undefined || process.user_id === null) throw new Problem('requirements_unmet');
  if ((process.ready_at ?? 0) > clock.now()) throw new Problem('requirements_unmet');
}

/** @returns undefined when the process has ended, was completed, or stands elsewhere. */
async function finish(
  tx: Tx,
  deps: CompleteDeps,
  { process }: Own,
  binding: Binding,
): Promise<Bound | undefined> {
  const now = deps.clock.now();
  const at = { id: process.id, position: process.position };
  const set = { status: 'completed', waits_for: null, device_id: binding.deviceId, ended_at: now } as const;
  const { user_id: userId, application_id: applicationId } = process;
  const row = await changeProcess(tx, at, { set, steps: '', now });
  if (!row || userId === null) return undefined;
  const by = { onboarding_process_id: process.id };
  const bound = await bindDevice(tx, deps, binding, { userId, applicationId, by });
  if (!bound) throw new Problem('user_disabled');
  await tellSteps(tx, process, writeProcessSteps(now, 'system', stepsOf(process, binding, bound)));
  return bound;
}

function stepsOf(
  { username }: ProcessRow,
  { input: { device } }: Binding,
  { had, replaced, approvesFrom, coolDownSeconds }: Bound,
): readonly ProcessStep[] {
  const all: readonly (ProcessStep | false)[] = [
    { code: 'completed', details: { device: device.name, username } },
    replaced > 0 && { code: 'devices_replaced', details: { devices: replaced, username } },
    had > replaced && { code: 'old_devices_told', details: { username } },
    approvesFrom !== null && { code: 'cool_down', details: { hours: hoursOf(coolDownSeconds * 1000) } },
  ];
  return all.filter((step) => step !== false);
}

async function tellSteps(tx: Tx, { id }: ProcessRow, steps: string): Promise<void> {
  await tx
    .updateTable('onboarding_processes')
    .set((e) => ({ steps: e('steps', '||', steps) }))
    .where('id', '=', id)
    .execute();
}

/** The device that this process was completed with, where it still is and is the one that asks. */
async function boundBefore(
  deps: CompleteDeps,
  { process, application }: Own,
  { encryption_key: { x, y } }: Completion,
): Promise<Onboarded | undefined> {
  if (process.status !== 'completed' || process.device_id === null) return undefined;
  const row = await deps.db.read
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .innerJoin('certificates', 'certificates.serial', 'devices.certificate_serial')
    .select([
      'devices.encryption_key',
      'certificates.pem',
      'certificates.authority_id',
      'users.username',
      'users.full_name',
    ])
    .where('devices.id', '=', process.device_id)
    .where('devices.revoked_at', 'is', null)
    .executeTakeFirst();
  const kept = row && (JSON.parse(row.encryption_key) as { x: string; y: string });
  if (!row || kept?.x !== x || kept.y !== y) return undefined;
  return toOnboarded(
    deps,
    {
      deviceId: process.device_id,
      pem: new X509Certificate(row.pem).toString(),
      chain: await readChain(deps.db.read, row.authority_id),
    },
    {
      application: shownApplication(application),
      user: { username: row.username, full_name: row.full_name },
    },
  );
}
