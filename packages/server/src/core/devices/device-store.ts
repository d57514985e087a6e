// What is remembered of devices, and of their certificates as far as a device's life touches them.
import type { Db, Read, Tx } from '#db/db.ts';
import { type Find, updateOf } from '#db/row-statement.ts';
import type { Flag } from '#db/flag.ts';
import type { DeviceRow } from './device.ts';

const selectDevices = (read: Read) =>
  read
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .innerJoin('certificates', 'certificates.serial', 'devices.certificate_serial')
    .leftJoin('verification_credentials', 'verification_credentials.device_id', 'devices.id')
    .leftJoin('push_subscriptions', 'push_subscriptions.device_id', 'devices.id')
    .select([
      'devices.id',
      'devices.user_id',
      'devices.name',
      'devices.platform',
      'devices.app_version',
      'devices.key_thumbprint',
      'devices.certificate_serial',
      'certificates.not_after as certificate_expires_at',
      'devices.created_at',
      'devices.last_seen_at',
      'devices.revoked_at',
      'devices.approves_from',
      'users.application_id',
      'push_subscriptions.service as push_service',
      'push_subscriptions.created_at as push_created_at',
      'push_subscriptions.proved_at as push_proved_at',
      'push_subscriptions.failure as push_failure',
      'push_subscriptions.failed_at as push_failed_at',
      'verification_credentials.created_at as verification_set_up_at',
      'verification_credentials.last_used_at as verification_last_used_at',
    ]);

/** @param visible the application the caller is limited to; null for all. */
export function findDevice(read: Read, visible: string | null, id: string): Promise<DeviceRow | undefined> {
  const query = selectDevices(read).where('devices.id', '=', id);
  return (visible === null ? query : query.where('users.application_id', '=', visible)).executeTakeFirst();
}

export interface DeviceFilter {
  readonly userId: string | undefined;
  /** Only devices older than the one with this id. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Newest first: ids sort by the time they were made. */
export function listDeviceRows(
  read: Read,
  visible: string | null,
  { userId, before, limit }: DeviceFilter,
): Promise<DeviceRow[]> {
  let query = selectDevices(read).orderBy('devices.id', 'desc').limit(limit);
  if (visible !== null) query = query.where('users.application_id', '=', visible);
  if (userId !== undefined) query = query.where('devices.user_id', '=', userId);
  if (before !== undefined) query = query.where('devices.id', '<', before);
  return query.execute();
}

export async function updateDeviceName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.updateTable('devices').set({ name }).where('id', '=', id).execute();
}

/** @returns false when it may approve already, or is revoked. */
export async function markApproving(tx: Tx, id: string, now: number): Promise<boolean> {
  const rows = await tx
    .updateTable('devices')
    .set({ approves_from: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('approves_from', '>', now)
    .returning('id')
    .execute();
  return rows.length === 1;
}

/** @returns false when it was revoked already. */
export async function markDeviceRevoked(tx: Tx, id: string, at: number): Promise<boolean> {
  const rows = await tx
    .updateTable('devices')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length === 1;
}

/** A removed device is woken no more. */
export async function deletePushSubscription(tx: Tx, deviceId: string): Promise<void> {
  await tx.deleteFrom('push_subscriptions').where('device_id', '=', deviceId).execute();
}

/** Every certificate the device ever had. @param reason CRLReason (RFC 5280 5.3.1). */
export async function markCertificatesRevoked(
  tx: Tx,
  deviceId: string,
  at: number,
  reason: number,
): Promise<void> {
  await tx
    .updateTable('certificates')
    .set({ revoked_at: at, revocation_reason: reason })
    .where('device_id', '=', deviceId)
    .where('revoked_at', 'is', null)
    .execute();
}

const superseded = 4; // CRLReason, RFC 5280 5.3.1

export interface Superseding {
  readonly deviceId: string;
  readonly before: string;
  /** Of the certificate that takes its place. */
  readonly serial: string;
  readonly at: number;
}

/** Gives the device another certificate in place of the one it has. */
export async function supersedeCertificate(
  tx: Tx,
  { deviceId, before, serial, at }: Superseding,
): Promise<'done' | 'renewed_before' | 'revoked'> {
  const devices = await tx
    .updateTable('devices')
    .set({ certificate_serial: serial })
    .where('id', '=', deviceId)
    .where('certificate_serial', '=', before)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  if (devices.length === 0) return 'renewed_before';
  const certificates = await tx
    .updateTable('certificates')
    .set({ revoked_at: at, revocation_reason: superseded })
    .where('serial', '=', before)
    .where('revoked_at', 'is', null)
    .returning('serial')
    .execute();
  return certificates.length === 1 ? 'done' : 'revoked';
}

/** A device with all that decides whether it may call, and what a call needs to know. */
export interface CallingDevice {
  readonly id: string;
  readonly name: string;
  readonly signing_key: string;
  readonly encryption_key: string;
  readonly key_thumbprint: string;
  readonly last_seen_at: number | null;
  readonly revoked_at: number | null;
  readonly approves_from: number | null;
  readonly certificate_serial: string;
  readonly not_before: number;
  readonly not_after: number;
  readonly certificate_revoked_at: number | null;
  readonly user_id: string;
  readonly username: string;
  readonly full_name: string;
  readonly user_enabled: Flag;
  readonly held_by_request_id: string | null;
  readonly application_id: string;
  readonly application_name: string;
  readonly access_id: string;
  readonly logo: string | null;
  readonly background: string | null;
  readonly application_enabled: Flag;
}

const deviceByKey: Find<{ key_thumbprint: string }, CallingDevice> = {
  parameters: { key_thumbprint: 'text' },
  select: `devices.id, devices.name, devices.signing_key, devices.encryption_key, devices.key_thumbprint, devices.last_seen_at,
    devices.revoked_at, devices.approves_from, devices.certificate_serial, certificates.not_before, certificates.not_after,
    certificates.revoked_at as certificate_revoked_at, users.id as user_id, users.username, users.full_name,
    users.enabled as user_enabled, users.held_by_request_id, applications.id as application_id,
    applications.name as application_name, applications.access_id,
    applications.logo, applications.background, applications.enabled as application_enabled`,
  from: `devices join users on users.id = devices.user_id join applications on applications.id = users.application_id
    join certificates on certificates.serial = devices.certificate_serial`,
  where: 'devices.key_thumbprint = :key_thumbprint',
};

export const findDeviceByKey = (
  db: Pick<Db, 'find'>,
  thumbprint: string,
): Promise<CallingDevice | undefined> => db.find(deviceByKey, { key_thumbprint: thumbprint });

/** Notes when the device called. */
export const touchDevice = updateOf<{ id: string; now: number }>({
  table: 'devices',
  parameters: { id: 'text', now: 'bigint' },
  set: 'last_seen_at = :now',
  where: 'devices.id = :id',
  required: false,
});
