// What the records of users in a directory should say: read from the database, which alone decides about logins.
import type { Read } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { hashToken } from '#platform/secret.ts';
import { fromPem } from '#core/certificates/der.ts';
import type { PublicJwk } from '#core/devices/p256.ts';
import { type DeviceRecord, type LoginRecord, type RecordOwner, writeRecord } from './device-record.ts';

/**
 * Values of one user at most: devices that may call, as many as a device limit may allow, as many that were removed last, and one of the
 * last login. Of an older removal nothing tells a database that was restored from before it.
 */
export const recordLimits = { active: 20, revoked: 20 } as const;

export interface UserState {
  readonly userId: string;
  readonly applicationId: string;
  /** Empty: no directory knows the user by an id. */
  readonly guid: string;
  /** Newest first, within the limits. */
  readonly devices: readonly DeviceRecord[];
  /** All that the user ever had here. */
  readonly deviceIds: ReadonlySet<string>;
  /** Null when the user never logged in, nor tried to. */
  readonly login: LoginRecord | null;
}

/** A record as the text that should stand in the directory. */
export interface OwnText<Of> {
  readonly record: Of;
  readonly text: string;
}

export interface OwnTexts {
  readonly devices: readonly OwnText<DeviceRecord>[];
  readonly login: OwnText<LoginRecord> | null;
}

export const ownerOf = (
  { applicationId, guid }: Pick<UserState, 'applicationId' | 'guid'>,
  installationId: string,
  sourceId: string,
): RecordOwner => ({ installationId, applicationId, sourceId, guid });

export function textsOf(vault: Vault, owner: RecordOwner, { devices, login }: UserState): OwnTexts {
  const own = <Of extends DeviceRecord | LoginRecord>(record: Of): OwnText<Of> => ({
    record,
    text: writeRecord(vault, owner, record),
  });
  return { devices: devices.map(own), login: login && own(login) };
}

/** What is remembered of texts, to know whether they are others now. */
export const digestsOf = ({ devices, login }: OwnTexts) => ({
  devices_digest: hashToken(devices.map(({ text }) => text).join('\n')),
  login_digest: login ? hashToken(login.text) : '',
});

/** @returns in any order; users who are gone are not there */
export async function readStates(read: Read, userIds: readonly string[]): Promise<readonly UserState[]> {
  if (userIds.length === 0) return [];
  const users = await selectUsers(read, userIds);
  const devices = await selectDevices(read, userIds);
  const lastIds = users.flatMap(({ last_id }) => last_id ?? []);
  const logins = await selectLogins(read, lastIds);
  return users.map((user) => {
    const own = devices.filter(({ user_id }) => user_id === user.id);
    const last = logins.find(({ id }) => id === user.last_id);
    const lastLoginAt = user.last_authenticated_at;
    return {
      userId: user.id,
      applicationId: user.application_id,
      guid: user.external_guid,
      devices: recordsOf(own),
      deviceIds: new Set(own.map(({ id }) => id)),
      login:
        last || lastLoginAt !== null
          ? { kind: 'login', lastLoginAt, last: last ? lastOf(last) : null }
          : null,
    };
  });
}

const selectUsers = (read: Read, userIds: readonly string[]) =>
  read
    .selectFrom('users as u')
    .select(['u.id', 'u.application_id', 'u.external_guid', 'u.last_authenticated_at'])
    .select((e) =>
      e
        .selectFrom('auth_requests as a')
        .select('a.id')
        .whereRef('a.user_id', '=', 'u.id')
        .where('a.status', '!=', 'pending')
        .orderBy('a.created_at', 'desc')
        .limit(1)
        .as('last_id'),
    )
    .where('u.id', 'in', userIds)
    .execute();

const selectLogins = async (read: Read, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : read
        .selectFrom('auth_requests')
        .select(['id', 'status', 'reason', 'decided_at', 'updated_at'])
        .where('id', 'in', ids)
        .execute();

type Login = Awaited<ReturnType<typeof selectLogins>>[number];

const lastOf = ({ status, reason, decided_at, updated_at }: Login): LoginRecord['last'] => ({
  result: status,
  reason: reason ?? '',
  at: decided_at ?? updated_at,
});

/** Newest first: ids sort by the time they were made. */
const selectDevices = (read: Read, userIds: readonly string[]) =>
  read
    .selectFrom('devices as d')
    .innerJoin('certificates as c', 'c.serial', 'd.certificate_serial')
    .leftJoin('verification_credentials as v', 'v.device_id', 'd.id')
    .select([
      'd.id',
      'd.user_id',
      'd.name',
      'd.platform',
      'd.app_version',
      'd.signing_key',
      'd.encryption_key',
    ])
    .select(['d.created_at', 'd.revoked_at', 'd.approves_from'])
    .select(['c.serial', 'c.authority_id', 'c.not_before', 'c.not_after', 'c.pem'])
    .select(['v.credential_id', 'v.public_key', 'v.created_at as verification_set_up_at'])
    .where('d.user_id', 'in', userIds)
    .orderBy('d.id', 'desc')
    .execute();

type Device = Awaited<ReturnType<typeof selectDevices>>[number];

function recordsOf(devices: readonly Device[]): readonly DeviceRecord[] {
  const active = devices.filter(({ revoked_at: at }) => at === null).slice(0, recordLimits.active);
  const revoked = devices
    .flatMap(({ id, name, revoked_at: at }) =>
      at === null ? [] : [{ kind: 'revoked' as const, deviceId: id, name, revokedAt: at }],
    )
    .toSorted((a, b) => b.revokedAt - a.revokedAt);
  return [...active.map(activeOf), ...revoked.slice(0, recordLimits.revoked)];
}

const activeOf = (device: Device): DeviceRecord => ({
  kind: 'active',
  deviceId: device.id,
  name: device.name,
  platform: device.platform,
  appVersion: device.app_version,
  boundAt: device.created_at,
  approvesFrom: device.approves_from,
  signingKey: coordinatesOf(device.signing_key),
  encryptionKey: coordinatesOf(device.encryption_key),
  certificate: {
    serial: device.serial,
    authorityId: device.authority_id,
    notBefore: device.not_before,
    notAfter: device.not_after,
    der: fromPem('CERTIFICATE', device.pem)?.toString('base64url') ?? '',
  },
  verification:
    device.credential_id === null || device.public_key === null
      ? null
      : {
          credentialId: device.credential_id,
          publicKey: device.public_key,
          setUpAt: device.verification_set_up_at ?? device.created_at,
        },
});

/** Only onboarding wrote it. */
function coordinatesOf(jwk: string) {
  const { x, y } = JSON.parse(jwk) as PublicJwk;
  return { x, y };
}
