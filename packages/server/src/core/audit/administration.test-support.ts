// What tests of administration hand to use cases: a clock that is turned by hand, a vault, a chain, and rows to refer to.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { systemRandom } from '#platform/random.ts';
import { defaultSettings } from '#platform/settings.test-support.ts';
import { createVault } from '#platform/vault.ts';
import type { Actor } from './record-audit.ts';
import { readSteps, writeSteps } from './steps.ts';

export interface HandClock extends Clock {
  turn(milliseconds: number): void;
  /** Sets the time of day, as an administrator or NTP does; no time passes. */
  set(milliseconds: number): void;
}

export function createHandClock(start = 1_790_000_000_000): HandClock {
  let now = start;
  let passed = 0;
  return {
    now: () => now,
    monotonic: () => passed,
    turn(milliseconds) {
      now += milliseconds;
      passed += milliseconds;
    },
    set(milliseconds) {
      now = milliseconds;
    },
  };
}

export const actor: Actor = { kind: 'console' };

export function administrationDeps(db: Db, clock: HandClock = createHandClock()) {
  const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
  return {
    db,
    clock,
    random: systemRandom,
    vault,
    auditChain: 'test',
    installation: { id: 'ins_test' },
    publicUrl: 'https://mfa.example.com',
    settings: defaultSettings,
  };
}

/** The audit events told so far, oldest first, with their details read. */
export async function auditTrail(db: Db) {
  const rows = await db.read.selectFrom('audit_events').selectAll().orderBy('sequence').execute();
  return rows.map(({ event, subject_id, application_id, actor_kind, data }) => ({
    event,
    subject_id,
    application_id,
    actor_kind,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
}

/** A device with its certificate, as onboarding leaves them. */
export async function plantDevice(db: Db, userId: string, deviceId: string): Promise<void> {
  const times = { created_at: 1, last_seen_at: null, revoked_at: null };
  await db.write(async (tx) => {
    await tx
      .insertInto('devices')
      .values({
        id: deviceId,
        user_id: userId,
        name: 'Phone',
        platform: '',
        app_version: '',
        key_thumbprint: `thumbprint of ${deviceId}`,
        signing_key: '{}',
        encryption_key: '{}',
        certificate_serial: `serial of ${deviceId}`,
        ...times,
      })
      .execute();
    await tx
      .insertInto('certificates')
      .values({
        serial: `serial of ${deviceId}`,
        authority_id: 'ca',
        device_id: deviceId,
        pem: '',
        subject: '',
        scep_request_id: null,
        not_before: 0,
        not_after: 9_000_000_000_000,
        revoked_at: null,
        revocation_reason: null,
      })
      .execute();
  });
}

/** An auth request that waits for its challenge to be answered. */
export async function plantPendingRequest(
  db: Db,
  ids: { readonly id: string; readonly applicationId: string; readonly userId: string },
): Promise<void> {
  const common = {
    status: 'pending',
    created_at: 1,
    expires_at: 9_000_000_000_000,
    decided_at: null,
  } as const;
  await db.write(async (tx) => {
    await tx
      .insertInto('auth_requests')
      .values({
        ...common,
        id: ids.id,
        application_id: ids.applicationId,
        user_id: ids.userId,
        username: 'alice',
        reason: null,
        door: 'api',
        door_id: 'acl_test',
        door_context: null,
        state_hash: null,
        client_name: 'VPN',
        client_address: null,
        reply_attributes: null,
        updated_at: 1,
        packet_digest: null,
        steps: writeSteps(1, [{ code: 'received' }]),
      })
      .execute();
    await tx
      .insertInto('challenges')
      .values({
        ...common,
        id: `challenge of ${ids.id}`,
        auth_request_id: ids.id,
        user_id: ids.userId,
        nonce: '',
        content: '{}',
        number: null,
        device_id: null,
      })
      .execute();
  });
}

/** How an auth request stands, with its challenge and the codes of its steps. */
export async function standingOf(db: Db, id: string) {
  const request = await db.read
    .selectFrom('auth_requests')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const challenge = await db.read
    .selectFrom('challenges')
    .selectAll()
    .where('auth_request_id', '=', id)
    .executeTakeFirstOrThrow();
  return { request, challenge, steps: readSteps(request.steps).map(({ code }) => code) };
}

/** Applications to refer to, by id. */
export async function plantApplications(db: Db, ...ids: readonly string[]): Promise<void> {
  const rows = ids.map((id) => ({
    id,
    access_id: id,
    name: id,
    name_key: id,
    request_seconds: 60,
    device_limit: 1,
    second_factor: 'push' as const,
    user_verification: 'off' as const,
    unreachable_grace_seconds: 0,
    device_mode: 'single' as const,
    enrolment: 'open' as const,
    authorisation: 'open' as const,
    new_device_wait_seconds: 0,
    new_device_cool_down_seconds: 0,
    enabled: 1 as const,
    created_at: 1,
    updated_at: 1,
  }));
  await db.write((tx) => tx.insertInto('applications').values(rows).execute());
}

/** An owner who signs in with the phone of this user. @returns the owner's id */
export async function plantOwnerWithPhoneOf(db: Db, userId: string): Promise<string> {
  const id = `adm_${userId}`;
  const owner = {
    ...{ id, username: id, username_key: id, role: 'owner' as const, enabled: 1 as const },
    ...{ password_hash: null, phone_user_id: userId, last_signed_in_at: null },
    ...{ created_at: 1, updated_at: 1 },
  };
  await db.write((tx) => tx.insertInto('administrators').values(owner).execute());
  return id;
}
