// What a device is shown of newer ones of the same user, and of those that are about to be bound; and its refusal of one, while that one
// waits or cannot approve yet. Only older devices refuse newer ones, so that a device that an attacker got bound takes nobody's away.
import type { Newcomer } from '@countersign/contract/device-models.ts';
import { newcomersTopic } from '#core/approvals/topics.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { isCooling } from '#core/devices/cool-down.ts';
import { revokeDeviceWithin } from '#core/devices/revoke-device.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { nextKindOf, processTopic } from './process.ts';
import { endProcess } from './process-store.ts';
import { writeProcessSteps } from './process-steps.ts';
import { tellOlderDevices, type TellDeps } from './tell-older-devices.ts';

/** How long a device that may approve already is still shown as new. */
const shownMs = 7 * 86_400_000;
/** Of each sort; a user can have few. */
const maxShown = 20;

/** Newest first; none for a device that is too new itself. */
export async function listNewcomers(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  device: AuthenticatedDevice,
): Promise<readonly Newcomer[]> {
  const now = clock.now();
  if (isCooling(device, now)) return [];
  const [waiting, bound] = await Promise.all([
    waitingOf(db.read, device, now).limit(maxShown).execute(),
    newerThan(db.read, device)
      .where((e) => e.or([e('created_at', '>', now - shownMs), e('approves_from', '>', now)]))
      .limit(maxShown)
      .execute(),
  ]);
  return [
    ...waiting.map(
      ({ id, device_name: name, platform, created_at: since, ready_at: until }): Newcomer => ({
        ...{ id, name, platform, since, until },
        state: 'waiting',
      }),
    ),
    ...bound.map(({ id, name, platform, created_at: since, approves_from: until }): Newcomer => {
      const cooling = isCooling({ approvesFrom: until }, now);
      return {
        id,
        name,
        platform,
        since,
        state: cooling ? 'cooling' : 'bound',
        until: cooling ? until : null,
      };
    }),
  ];
}

/** Everything is met but what somebody else decides, or the waiting time: before, it may be anybody. */
const waitingOf = (read: Read, { user }: AuthenticatedDevice, now: number) =>
  read
    .selectFrom('onboarding_processes')
    .selectAll()
    .where('user_id', '=', user.id)
    .where('status', '=', 'open')
    .where('waits_for', 'in', ['administrator', 'time'])
    .where('expires_at', '>', now)
    .orderBy('id', 'desc');

/** Ids sort by the time they were made. */
const newerThan = (read: Read, { id, user }: AuthenticatedDevice) =>
  read
    .selectFrom('devices')
    .select(['id', 'name', 'platform', 'created_at', 'approves_from'])
    .where('user_id', '=', user.id)
    .where('id', '>', id)
    .where('revoked_at', 'is', null)
    .orderBy('id', 'desc');

/** Calls `changed` whenever there may be a newcomer, or one less. @returns stops it. */
export const watchNewcomers = (
  { bus }: Pick<TellDeps, 'bus'>,
  { user }: AuthenticatedDevice,
  changed: () => void,
): (() => void) => bus.listen(newcomersTopic(user.id), changed);

export type RefuseDeps = AuditDeps & TellDeps & { readonly db: Db };

/** @throws Problem not_found, newcomer_settled */
export async function refuseNewcomer(
  deps: RefuseDeps,
  device: AuthenticatedDevice,
  id: string,
): Promise<void> {
  if (isCooling(device, deps.clock.now())) throw new Problem('not_found');
  await deps.db.write((tx) =>
    id.startsWith('onp_') ? refuseProcess(tx, deps, device, id) : refuseDevice(tx, deps, device, id),
  );
  deps.bus.wake(processTopic(id));
  tellOlderDevices({ bus: deps.bus }, id, device.user.id);
}

async function refuseProcess(
  tx: Tx,
  deps: RefuseDeps,
  device: AuthenticatedDevice,
  id: string,
): Promise<void> {
  const now = deps.clock.now();
  await requireStanding(tx, device);
  const process = await waitingOf(tx, device, now).where('id', '=', id).executeTakeFirst();
  const steps = writeProcessSteps(now, 'system', [
    { code: 'refused_by_device', details: { device: device.name } },
  ]);
  const end = { status: 'refused', ending: 'refused_on_device' } as const;
  const row = process && (await endProcess(tx, id, end, { steps, now }));
  if (!row) throw new Problem('not_found');
  await recordAudit(tx, deps, {
    event: 'onboarding.refused',
    actor: { kind: 'device', id: device.id },
    applicationId: row.application_id,
    subjectId: id,
    data: {
      reason: end.ending,
      kind: nextKindOf(row) ?? null,
      user_id: row.user_id,
      username: row.username,
    },
  });
}

async function refuseDevice(
  tx: Tx,
  deps: RefuseDeps,
  device: AuthenticatedDevice,
  id: string,
): Promise<void> {
  await requireStanding(tx, device);
  const newcomer = await newerThan(tx, device).where('id', '=', id).executeTakeFirst();
  if (!newcomer) throw new Problem('not_found');
  if (!isCooling({ approvesFrom: newcomer.approves_from }, deps.clock.now()))
    throw new Problem('newcomer_settled');
  await revokeDeviceWithin(tx, deps, { kind: 'device', id: device.id }, null, id);
}

/** One that was removed in this moment refuses nobody. */
async function requireStanding(tx: Tx, { id }: AuthenticatedDevice): Promise<void> {
  const row = await tx
    .selectFrom('devices')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new Problem('not_found');
}
