// What a sync does with the records that it finds at one person: a device that was bound after the backup which runs here now comes back, and
// one that was removed elsewhere is removed here. Only genuine records count, and what was removed here stays removed.
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { toPem } from '#core/certificates/der.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { type PublicJwk, readPublicJwk, thumbprintOf } from '#core/devices/p256.ts';
import { revokeDeviceWithin } from '#core/devices/revoke-device.ts';
import { addCredential } from '#core/devices/verification-store.ts';
import { lockUser } from '#core/users/user-store.ts';
import { externalIdOf } from '#core/users/users-like.ts';
import type { Db, Tx } from '#db/db.ts';
import type { DirectoryUser } from '../directory.ts';
import type { UserSourceRow } from '../user-source.ts';
import { type ActiveRecord, type DirectoryRecord, openRecord, type RevokedRecord } from './device-record.ts';
import { writeAgain } from './record-store.ts';

export type FollowDeps = AuditDeps & {
  readonly db: Db;
  readonly installation: { readonly id: string };
};

export interface Followed {
  readonly restored: number;
  readonly revoked: number;
  /** Records that are not as we wrote them. */
  readonly notGenuine: number;
  /** Devices that are not known here and were not taken over: over the limit, of an authority that is not known, another user's here, or of a user whose phone signs an administrator in. */
  readonly notRestored: number;
}

/** Of one person. */
interface Found {
  readonly source: UserSourceRow;
  readonly userId: string;
  readonly active: readonly ActiveRecord[];
  readonly revoked: readonly RevokedRecord[];
  readonly notGenuine: number;
}

const nothing: Followed = { restored: 0, revoked: 0, notGenuine: 0, notRestored: 0 };

/** In the transaction that keeps the person as a user. */
export async function followRecords(
  tx: Tx,
  deps: FollowDeps,
  actor: Actor,
  source: UserSourceRow,
  { userId, person }: { readonly userId: string; readonly person: DirectoryUser },
): Promise<Followed> {
  if (person.records === undefined || person.guid === '') return nothing;
  const found = sortOut(deps, source, userId, person);
  let here = await devicesOf(tx, userId);
  const isNews =
    found.active.some(({ deviceId }) => !here.has(deviceId)) ||
    found.revoked.some(({ deviceId }) => here.get(deviceId) === true);
  if (isNews) {
    // Only then: logins of the user wait for the lock.
    await lockUser(tx, deps.db.dialect, userId);
    here = await devicesOf(tx, userId);
  }
  const gone = found.revoked.filter(({ deviceId }) => here.get(deviceId) === true);
  for (const { deviceId } of gone) {
    await revokeDeviceWithin(tx, deps, actor, null, deviceId);
    here.set(deviceId, false);
  }
  const { restored, notRestored, buried } = await restoreDevices(tx, deps, actor, found, here);
  const told = new Set(found.active.map(({ deviceId }) => deviceId));
  const isMissing = [...here].some(([id, isActive]) => isActive && !told.has(id));
  const isStale = found.active.some(({ deviceId }) => here.get(deviceId) === false);
  if (found.notGenuine > 0 || isMissing || isStale || buried > 0) await writeAgain(tx, userId);
  return { restored, revoked: gone.length, notGenuine: found.notGenuine, notRestored };
}

/** Whether each may call. */
async function devicesOf(tx: Tx, userId: string): Promise<Map<string, boolean>> {
  const known = await tx
    .selectFrom('devices')
    .select(['id', 'revoked_at'])
    .where('user_id', '=', userId)
    .execute();
  return new Map(known.map(({ id, revoked_at: at }) => [id, at === null]));
}

function sortOut(
  { vault, installation }: FollowDeps,
  source: UserSourceRow,
  userId: string,
  { guid, records = [] }: DirectoryUser,
): Found {
  const owner = {
    installationId: installation.id,
    applicationId: source.application_id,
    sourceId: source.id,
    guid: externalIdOf(guid),
  };
  const genuine: DirectoryRecord[] = [];
  let notGenuine = 0;
  for (const text of records) {
    const opened = openRecord(vault, owner, text);
    if (opened.kind === 'genuine') genuine.push(opened.record);
    if (opened.kind === 'not_genuine') notGenuine += 1;
  }
  const revoked = genuine.filter((record) => record.kind === 'revoked');
  const dead = new Set(revoked.map(({ deviceId }) => deviceId));
  const active = genuine
    .filter((record) => record.kind === 'active')
    .filter(({ deviceId }) => !dead.has(deviceId));
  return { source, userId, revoked, notGenuine, active: newestOfEach(active) };
}

/** Whoever may write the directory may put older versions beside; their order there is not to decide. */
function newestOfEach(records: readonly ActiveRecord[]): readonly ActiveRecord[] {
  const newest = new Map<string, ActiveRecord>();
  for (const record of records) {
    const before = newest.get(record.deviceId);
    if (!before || compareVersions(record, before) > 0) newest.set(record.deviceId, record);
  }
  return [...newest.values()];
}

/** The newer certificate, then the one that asks for more: a credential for verification, the longer cool-down. Positive: a counts. */
const compareVersions = (a: ActiveRecord, b: ActiveRecord): number =>
  a.certificate.notBefore - b.certificate.notBefore ||
  (a.verification?.setUpAt ?? -1) - (b.verification?.setUpAt ?? -1) ||
  (a.approvesFrom ?? -1) - (b.approvesFrom ?? -1);

/** Newest first, as many as the user may have. @param here devices of the user, and whether they may call; grows */
async function restoreDevices(
  tx: Tx,
  deps: FollowDeps,
  actor: Actor,
  { source, userId, active }: Found,
  here: Map<string, boolean>,
): Promise<{ readonly restored: number; readonly notRestored: number; readonly buried: number }> {
  const unknown = active
    .filter(({ deviceId }) => !here.has(deviceId))
    .toSorted((a, b) => b.boundAt - a.boundAt);
  if (unknown.length === 0) return { restored: 0, notRestored: 0, buried: 0 };
  // Who runs a directory gets no device that opens the console.
  const limit = (await signsAdministratorIn(tx, userId)) ? 0 : await deviceLimitOf(tx, userId);
  const count = { restored: 0, notRestored: 0, buried: 0 };
  for (const record of unknown) {
    const verdict = await judge(tx, userId, record, deps.clock.now());
    const held = [...here.values()].filter(Boolean).length;
    if (verdict === 'removed_here') count.buried += 1;
    else if (verdict === 'ended') continue;
    else if (verdict !== 'restorable' || held >= limit) count.notRestored += 1;
    else {
      await restore(tx, deps, actor, { source, userId, record });
      here.set(record.deviceId, true);
      count.restored += 1;
    }
  }
  return count;
}

async function signsAdministratorIn(tx: Tx, userId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('administrators')
    .select('id')
    .where('phone_user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function deviceLimitOf(tx: Tx, userId: string): Promise<number> {
  const row = await tx
    .selectFrom('users as u')
    .innerJoin('applications as a', 'a.id', 'u.application_id')
    .select(['u.device_limit as own', 'a.device_limit as usual'])
    .where('u.id', '=', userId)
    .executeTakeFirst();
  return row ? (row.own ?? row.usual) : 0;
}

type Verdict = 'restorable' | 'removed_here' | 'anothers' | 'ended' | 'unknown_authority';

/** Certificates outlive devices: one that is known here without its device was this device's, and the device went with its user. */
async function judge(
  tx: Tx,
  userId: string,
  { deviceId, certificate, signingKey }: ActiveRecord,
  now: number,
): Promise<Verdict> {
  const certificates = await tx
    .selectFrom('certificates')
    .select('device_id')
    .where((e) => e.or([e('device_id', '=', deviceId), e('serial', '=', certificate.serial)]))
    .execute();
  const ids = [deviceId, ...certificates.flatMap(({ device_id: id }) => id ?? [])];
  const devices = await tx
    .selectFrom('devices')
    .select('user_id')
    .where((e) => e.or([e('id', 'in', ids), e('key_thumbprint', '=', thumbprintOf(jwkOf(signingKey)))]))
    .execute();
  if (devices.some((device) => device.user_id !== userId)) return 'anothers';
  if (certificates.length > 0 || devices.length > 0) return 'removed_here';
  if (certificate.notAfter <= now) return 'ended';
  const authority = await tx
    .selectFrom('certificate_authorities')
    .select('id')
    .where('id', '=', certificate.authorityId)
    .executeTakeFirst();
  return authority && readPublicJwk(jwkOf(signingKey)) ? 'restorable' : 'unknown_authority';
}

const jwkOf = ({ x, y }: ActiveRecord['signingKey']): PublicJwk => ({ kty: 'EC', crv: 'P-256', x, y });

interface Restoring {
  readonly source: UserSourceRow;
  readonly userId: string;
  readonly record: ActiveRecord;
}

/** As it was bound: the same id, keys, certificate and cool-down. */
async function restore(
  tx: Tx,
  deps: FollowDeps,
  actor: Actor,
  { source, userId, record }: Restoring,
): Promise<void> {
  const { deviceId, certificate, verification } = record;
  await tx
    .insertInto('devices')
    .values({
      id: deviceId,
      user_id: userId,
      name: record.name,
      platform: record.platform,
      app_version: record.appVersion,
      key_thumbprint: thumbprintOf(jwkOf(record.signingKey)),
      signing_key: JSON.stringify(jwkOf(record.signingKey)),
      encryption_key: JSON.stringify(jwkOf(record.encryptionKey)),
      certificate_serial: certificate.serial,
      created_at: record.boundAt,
      last_seen_at: null,
      revoked_at: null,
      approves_from: record.approvesFrom,
    })
    .execute();
  await insertCertificate(tx, {
    serial: certificate.serial,
    authority_id: certificate.authorityId,
    device_id: deviceId,
    pem: toPem('CERTIFICATE', Buffer.from(certificate.der, 'base64url')),
    not_before: certificate.notBefore,
    not_after: certificate.notAfter,
    revoked_at: null,
    revocation_reason: null,
  });
  if (verification)
    await addCredential(tx, {
      device_id: deviceId,
      credential_id: verification.credentialId,
      public_key: verification.publicKey,
      // How far it had counted is not known; the next assertion says.
      sign_count: 0,
      created_at: verification.setUpAt,
      last_used_at: null,
    });
  await recordAudit(tx, deps, {
    event: 'device.restored',
    actor,
    applicationId: source.application_id,
    subjectId: deviceId,
    data: {
      user_id: userId,
      name: record.name,
      source: source.name,
      certificate_serial: certificate.serial,
      bound_at: record.boundAt,
    },
  });
}
