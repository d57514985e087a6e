// The rows that make a device the user's: written in one transaction, under the user's lock, so that what two calls could race for is
// decided once. Everything that can be checked or signed before is.
import type { KeyObject } from 'node:crypto';
import type { Onboarded, Onboarding } from '@countersign/contract/device-models.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import {
  forgetObtained,
  obtainDeviceCertificate,
  type ObtainDeps,
} from '#core/certificate-sources/obtain-device-certificate.ts';
import {
  type DeviceCertificate,
  insertDeviceCertificate,
} from '#core/certificates/issue-device-certificate.ts';
import { readCertificateRequest } from '#core/certificates/read-certificate-request.ts';
import { type PublicJwk, readPublicJwk, thumbprintOf } from '#core/devices/p256.ts';
import { revokeDeviceWithin } from '#core/devices/revoke-device.ts';
import type { Db, Tx } from '#db/db.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { Problem } from '#platform/problem.ts';
import { EnrolmentClosed } from './enrolment-closed.ts';
import { insertDevice, keyHasDevice, noteOnboarding } from './onboarding-store.ts';
import type { TellDeps } from './tell-older-devices.ts';

export type OnboardDeps = AuditDeps & ObtainDeps & TellDeps & { readonly db: Db };

/** A device about to be bound, its certificate made. */
export interface Binding {
  readonly deviceId: string;
  readonly signingKey: PublicJwk;
  readonly input: Omit<Onboarding, 'ticket'>;
  readonly certificate: DeviceCertificate;
}

/** Whose device it becomes, and by what. */
export interface BoundTo {
  readonly userId: string;
  readonly applicationId: string;
  /** For the audit trail: the onboarding link or process. */
  readonly by: Readonly<Record<string, string>>;
  /** Uses up, under the user's lock, what can be used once; false when somebody else has. */
  readonly claim?: (tx: Tx) => Promise<boolean>;
}

/** @throws Problem certificate_request_invalid, invalid_request (encryption key), device_key_in_use, certificate_request_differs, NotIssued */
export async function prepareBinding(
  deps: OnboardDeps,
  signingKey: PublicJwk,
  input: Omit<Onboarding, 'ticket'>,
  applicationId: string,
): Promise<Binding> {
  const publicKey = requireRequestedKey(input.certificate_request, signingKey);
  requireEncryptionKey(input.encryption_key, signingKey);
  const keyThumbprint = thumbprintOf(signingKey);
  if (await keyHasDevice(deps.db.read, keyThumbprint)) throw new Problem('device_key_in_use');
  const request = input.certificate_request;
  const asked = { keyThumbprint, publicKey, request, deviceId: null, applicationId };
  const { deviceId, certificate } = await obtainDeviceCertificate(deps, asked);
  return { deviceId, signingKey, input, certificate };
}

/** @throws Problem certificate_request_invalid: it is none, or for another key than this */
export function requireRequestedKey(certificateRequest: string, { x, y }: PublicJwk): KeyObject {
  const key = readCertificateRequest(certificateRequest);
  const requested = key?.export({ format: 'jwk' });
  if (!key || requested?.x !== x || requested.y !== y) throw new Problem('certificate_request_invalid');
  return key;
}

function requireEncryptionKey(encryptionKey: PublicJwk, { x, y }: PublicJwk): void {
  const refuse = (message: string) =>
    new Problem('invalid_request', undefined, [{ field: 'encryption_key', message }]);
  if (!readPublicJwk(encryptionKey)) throw refuse('must be a point on P-256');
  if (encryptionKey.x === x && encryptionKey.y === y) throw refuse('must not be the signing key');
}

/** What binding a device did besides. */
export interface Bound {
  /** Devices that the user had, those that were removed now included. */
  readonly had: number;
  readonly replaced: number;
  /** Epoch milliseconds; null when the new device may approve at once. */
  readonly approvesFrom: number | null;
  readonly coolDownSeconds: number;
}

/**
 * Where a new device takes the place of the old one, as many of the oldest as needed are removed.
 * @returns undefined when the user is gone, or what it was to be bound by. @throws Problem user_disabled, device_limit_reached, enrolment_closed
 */
export async function bindDevice(
  tx: Tx,
  deps: OnboardDeps,
  binding: Binding,
  { userId, applicationId, by, claim }: BoundTo,
): Promise<Bound | undefined> {
  const now = deps.clock.now();
  const user = await noteOnboarding(tx, userId, now);
  if (!user || (claim && !(await claim(tx)))) return undefined;
  if (!user.enabled) throw new Problem('user_disabled');
  if (!user.enrolling) throw new EnrolmentClosed(applicationId);
  const { coolDownSeconds } = user;
  const { had, replaced } = await makeRoom(tx, deps, binding.deviceId, { ...user, userId });
  const approvesFrom = had > 0 && coolDownSeconds > 0 ? now + coolDownSeconds * 1000 : null;
  await insertRows(tx, binding, { userId, now, approvesFrom });
  await recordAudit(tx, deps, {
    event: 'device.onboarded',
    actor: { kind: 'device', id: binding.deviceId },
    applicationId,
    subjectId: binding.deviceId,
    data: {
      user_id: userId,
      ...by,
      certificate_serial: binding.certificate.serial,
      name: binding.input.device.name,
      ...(replaced > 0 && { replaced }),
      ...(approvesFrom !== null && { approves_from: approvesFrom }),
    },
  });
  return { had, replaced, approvesFrom, coolDownSeconds };
}

interface Room {
  readonly userId: string;
  readonly limit: number;
  readonly replaces: boolean;
}

/** @returns how many older devices there were, and how many of them were removed. @throws Problem device_limit_reached */
async function makeRoom(
  tx: Tx,
  deps: OnboardDeps,
  newDevice: string,
  { userId, limit, replaces }: Room,
): Promise<Pick<Bound, 'had' | 'replaced'>> {
  const devices = await tx
    .selectFrom('devices')
    .select('id')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute();
  const had = devices.length;
  const tooMany = had - limit + 1;
  if (tooMany <= 0) return { had, replaced: 0 };
  if (!replaces || limit === 0) throw new Problem('device_limit_reached');
  const actor = { kind: 'device', id: newDevice } as const;
  for (const { id } of devices.slice(0, tooMany)) await revokeDeviceWithin(tx, deps, actor, null, id);
  return { had, replaced: tooMany };
}

async function insertRows(
  tx: Tx,
  { deviceId, signingKey, input, certificate }: Binding,
  { userId, now, approvesFrom }: { userId: string; now: number; approvesFrom: number | null },
): Promise<void> {
  await insertDevice(tx, {
    id: deviceId,
    user_id: userId,
    ...input.device,
    key_thumbprint: thumbprintOf(signingKey),
    signing_key: JSON.stringify(signingKey),
    encryption_key: JSON.stringify(input.encryption_key),
    certificate_serial: certificate.serial,
    created_at: now,
    last_seen_at: now,
    revoked_at: null,
    approves_from: approvesFrom,
  });
  await insertDeviceCertificate(tx, deviceId, certificate);
  await forgetObtained(tx, thumbprintOf(signingKey));
}

/** Another call with the same key was a moment faster. */
export function asKeyInUse(error: unknown): never {
  throw isUniqueViolation(error) ? new Problem('device_key_in_use') : error;
}

/** What the device is told. */
export const toOnboarded = (
  deps: Pick<OnboardDeps, 'clock'>,
  { deviceId, pem, chain }: { readonly deviceId: string } & Pick<DeviceCertificate, 'pem' | 'chain'>,
  { application, user }: Pick<Onboarded, 'application' | 'user'>,
): Onboarded => ({
  device_id: deviceId,
  certificate: pem,
  chain: [...chain],
  application,
  user,
  server_time: deps.clock.now(),
});
