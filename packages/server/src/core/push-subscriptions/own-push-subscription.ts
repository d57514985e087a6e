// A device's own push subscription: seen, named, proved, ended. Only one that was proved is used for requests: otherwise a device could
// make the server knock at anybody's door again and again.
import { createPublicKey } from 'node:crypto';
import type { NewPushSubscription, OwnPushSubscription } from '@countersign/contract/device-models.ts';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import type { Db } from '#db/db.ts';
import type { PushSubscriptionTable } from '#db/device-tables.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { newToken } from '#platform/random.ts';
import { equalInConstantTime, hashToken } from '#platform/secret.ts';
import type { DeviceWaker } from './device-waker.ts';
import { type EndpointRules, readEndpoint } from './push-endpoint.ts';
import {
  deleteSubscription,
  findSubscription,
  openTarget,
  proveSubscription,
  type PushTarget,
  putSubscription,
  sealTarget,
} from './push-subscription-store.ts';

export interface OwnPushDeps extends AuditDeps {
  readonly db: Db;
  readonly push: {
    readonly publicKey: string;
    readonly rules: EndpointRules;
    readonly waker: Pick<DeviceWaker, 'activate'>;
  };
}

/** How long a device may take to prove a subscription. */
const activationMs = 600_000;

export async function getPushSubscription(
  deps: OwnPushDeps,
  device: AuthenticatedDevice,
): Promise<OwnPushSubscription> {
  return show(deps, await findSubscription(deps.db.read, device.id));
}

/**
 * Names where the device is to be woken, and sends the activation token there; the very one that is active already stays as it is.
 * @throws Problem push_endpoint_refused
 */
export async function putPushSubscription(
  deps: OwnPushDeps,
  device: AuthenticatedDevice,
  input: NewPushSubscription,
): Promise<OwnPushSubscription> {
  const endpoint = readEndpoint(input.endpoint, deps.push.rules);
  if (!endpoint || (input.keys && !isPoint(input.keys.p256dh))) throw new Problem('push_endpoint_refused');
  const target: PushTarget = { endpoint: endpoint.href, keys: input.keys };
  const before = await findSubscription(deps.db.read, device.id);
  if (before && before.proved_at !== null && isSame(openTarget(deps.vault, before), target))
    return show(deps, before);

  const id = newId(deps, 'psh');
  const token = newToken(deps.random, deviceProtocol.activationPrefix);
  const now = deps.clock.now();
  const row: PushSubscriptionTable = {
    device_id: device.id,
    id,
    service: endpoint.origin,
    ...sealTarget(deps.vault, id, target),
    token_hash: hashToken(token),
    token_expires_at: now + activationMs,
    proved_at: null,
    failure: null,
    failure_status: null,
    failed_at: null,
    created_at: now,
  };
  await deps.db.write(async (tx) => {
    await putSubscription(tx, row);
    const data = { service: endpoint.origin, encrypted: input.keys !== null, replaced: before !== undefined };
    await recordAudit(tx, deps, { ...about('push_subscription.added', device), data });
  });
  deps.push.waker.activate({ ...target, id, deviceId: device.id, token });
  return show(deps, row);
}

/** Proving twice with the same token is no error: the answer to the first may have been lost. @throws Problem activation_token_invalid */
export async function activatePushSubscription(
  deps: OwnPushDeps,
  device: AuthenticatedDevice,
  { token }: { readonly token: string },
): Promise<OwnPushSubscription> {
  const tokenHash = hashToken(token);
  await deps.db.write(async (tx) => {
    const now = deps.clock.now();
    if (!(await proveSubscription(tx, { deviceId: device.id, tokenHash, now }))) return;
    await recordAudit(tx, deps, about('push_subscription.proved', device));
  });
  const row = await findSubscription(deps.db.read, device.id);
  const proved = row && row.proved_at !== null && equalInConstantTime(row.token_hash, tokenHash);
  if (!proved) throw new Problem('activation_token_invalid');
  return show(deps, row);
}

/** Ending what is not there does nothing. */
export async function removePushSubscription(deps: OwnPushDeps, device: AuthenticatedDevice): Promise<void> {
  await deps.db.write(async (tx) => {
    const removed = await deleteSubscription(tx, 'device_id', device.id);
    if (removed)
      await recordAudit(tx, deps, { ...about('push_subscription.removed', device), data: removed });
  });
}

const about = <
  E extends 'push_subscription.added' | 'push_subscription.proved' | 'push_subscription.removed',
>(
  event: E,
  { id, application }: AuthenticatedDevice,
) => ({ event, actor: { kind: 'device', id } as const, applicationId: application.id, subjectId: id });

const show = (
  { clock, push }: OwnPushDeps,
  row: Pick<PushSubscriptionTable, 'proved_at' | 'service'> | undefined,
): OwnPushSubscription => ({
  state: row === undefined ? 'none' : row.proved_at === null ? 'unproved' : 'active',
  service: row?.service ?? null,
  vapid_public_key: push.publicKey,
  server_time: clock.now(),
});

const isSame = (one: PushTarget, other: PushTarget): boolean =>
  [
    [one.endpoint, other.endpoint],
    [one.keys?.p256dh ?? '', other.keys?.p256dh ?? ''],
    [one.keys?.auth ?? '', other.keys?.auth ?? ''],
  ].every(([a = '', b = '']) => equalInConstantTime(a, b));

/** A point of P-256, uncompressed (RFC 8291 3.1). */
function isPoint(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 65 || bytes[0] !== 4 || bytes.toString('base64url') !== text) return false;
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((each) => each.toString('base64url'));
  if (x === undefined || y === undefined) return false;
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
