// Rows to test with: applications, users and onboarded devices, put straight into the tables.
import { createJournal } from '#core/audit/journal.ts';
import type { Db } from '#db/db.ts';
import type { ApplicationTable } from '#db/application-tables.ts';
import type { DeviceTable } from '#db/device-tables.ts';
import type { UserTable } from '#db/user-tables.ts';
import type { Clock } from '#platform/clock.ts';
import { newId, uuid4 } from '#platform/id.ts';
import { systemRandom } from '#platform/random.ts';
import { defaultSettings } from '#platform/settings.test-support.ts';
import { createVault } from '#platform/vault.ts';
import type { RefusedProof } from './authenticate-device.ts';
import { type PublicJwk, thumbprintOf } from './p256.ts';

/** A clock that the test turns. */
export interface TestClock extends Clock {
  at: number;
}

/** Dependencies that every use case here is content with; `refusals` gathers the proofs that were refused. */
export function testDeps(db: Db) {
  const clock: TestClock = {
    at: 1_790_000_000_000,
    now: () => clock.at,
    monotonic: () => clock.at,
  };
  const refusals: RefusedProof[] = [];
  const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
  const base = { db, clock, random: systemRandom, vault, auditChain: 'test' };
  return {
    ...base,
    publicUrl: 'https://mfa.example.com',
    settings: defaultSettings,
    journal: createJournal(base),
    proofRefused: (refused: RefusedProof) => {
      refusals.push(refused);
    },
    refusals,
  };
}
export type TestDeps = ReturnType<typeof testDeps>;

export async function addApplication(
  deps: TestDeps,
  fields: Partial<ApplicationTable> = {},
): Promise<ApplicationTable> {
  const id = newId(deps, 'app');
  const row: ApplicationTable = {
    id,
    access_id: uuid4(deps.random),
    name: 'VPN',
    name_key: id,
    request_seconds: 60,
    device_limit: 1,
    second_factor: 'push',
    user_verification: 'off',
    unreachable_grace_seconds: 0,
    device_mode: (fields.device_limit ?? 1) > 1 ? 'multiple' : 'single',
    enrolment: 'open',
    authorisation: 'open',
    new_device_wait_seconds: 0,
    new_device_cool_down_seconds: 0,
    logo: null,
    background: null,
    enabled: 1,
    created_at: deps.clock.now(),
    updated_at: deps.clock.now(),
    ...fields,
  };
  await deps.db.write((tx) => tx.insertInto('applications').values(row).execute());
  return row;
}

export async function addUser(
  deps: TestDeps,
  applicationId: string,
  fields: Partial<UserTable> = {},
): Promise<UserTable> {
  const id = newId(deps, 'usr');
  const row: UserTable = {
    id,
    application_id: applicationId,
    username: 'alice',
    username_key: id,
    full_name: 'Alice Adams',
    email: '',
    phone: '',
    external_guid: '',
    enabled: 1,
    device_limit: null,
    password_hash: null,
    held_by_request_id: null,
    requests_opened: 0,
    unanswered_streak: 0,
    left_alone_until: null,
    last_authenticated_at: null,
    last_onboarded_at: null,
    created_at: deps.clock.now(),
    updated_at: deps.clock.now(),
    search_key: '',
    ...fields,
  };
  await deps.db.write((tx) => tx.insertInto('users').values(row).execute());
  return row;
}

const someKey: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

/** A device with a certificate row (not a real certificate). @param signingKey decides the thumbprint unless `fields` does. */
export async function addDevice(
  deps: TestDeps,
  userId: string,
  signingKey: PublicJwk = someKey,
  fields: Partial<DeviceTable> = {},
): Promise<DeviceTable> {
  const now = deps.clock.now();
  const row: DeviceTable = {
    id: newId(deps, 'dev'),
    user_id: userId,
    name: 'Phone',
    platform: 'web',
    app_version: '1',
    key_thumbprint: thumbprintOf(signingKey),
    signing_key: JSON.stringify(signingKey),
    encryption_key: JSON.stringify(someKey),
    certificate_serial: Buffer.from(deps.random.bytes(16)).toString('hex'),
    created_at: now,
    last_seen_at: null,
    revoked_at: null,
    approves_from: null,
    ...fields,
  };
  const certificate = {
    serial: row.certificate_serial,
    authority_id: 'authority',
    device_id: row.id,
    pem: '',
    subject: '',
    scep_request_id: null,
    not_before: now - 300_000,
    not_after: now + 730 * 86_400_000,
    revoked_at: null,
    revocation_reason: null,
  };
  await deps.db.write(async (tx) => {
    await tx.insertInto('devices').values(row).execute();
    await tx.insertInto('certificates').values(certificate).execute();
  });
  return row;
}

/** Names of the audit events about one thing, oldest first. */
export async function auditOf(deps: TestDeps, subjectId: string): Promise<string[]> {
  const rows = await deps.db.read
    .selectFrom('audit_events')
    .select('event')
    .where('subject_id', '=', subjectId)
    .orderBy('sequence')
    .execute();
  return rows.map(({ event }) => event);
}
