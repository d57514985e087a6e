// Writes a login down: as a question to the user's devices, as a join to the one already asked, or as a refusal.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { sql } from 'kysely';
import { numberDigits, writeContent } from '#core/approvals/challenge.ts';
import { appendSteps, type StepEntry } from '#core/approvals/steps-store.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';
import type { AuthRequestTable } from '#db/tables.ts';
import { newId } from '#platform/id.ts';
import { newDigits } from '#platform/random.ts';
import { contextKey, type Login } from './login.ts';

export interface Question {
  readonly login: Login;
  readonly application: {
    readonly id: string;
    readonly name: string;
    readonly access_id: string;
    readonly request_seconds: number;
  };
  readonly user: { readonly id: string; readonly username: string };
  readonly devices: number;
  readonly trail: readonly StepEntry[];
  readonly doorData: Uint8Array | null;
}

export interface Opened {
  readonly requestId: string;
  readonly expiresAt: number;
  readonly number: string | null;
  readonly joined: boolean;
}

/** Opens the auth request and its challenge, or joins the open one of the same context. */
export async function openAuthRequest(tx: Tx, deps: AuditDeps, question: Question): Promise<Opened> {
  const { login, application, user, devices, trail } = question;
  const row = newRow(deps, login, {
    status: 'pending',
    userId: user.id,
    seconds: login.seconds ?? application.request_seconds,
  });
  const sealed = question.doorData && deps.vault.seal('door-data', row.id, question.doorData);
  const inserted = await tx
    .insertInto('auth_requests')
    .values({ ...row, door_context: contextKey(login), reply_attributes: sealed })
    // The predicate is written out: PostgreSQL cannot match a partial index to a parameter.
    .onConflict((c) =>
      c.columns(['user_id', 'door_context']).where('status', '=', sql.lit('pending')).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return joinOpenRequest(tx, deps, question);

  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  await insertChallenge(tx, deps, { question, row, number });
  const shown: StepEntry[] = number === null ? [] : [{ code: 'number_shown' }];
  const seconds = Math.round((row.expires_at - row.created_at) / 1000);
  await appendSteps(tx, row.id, row.created_at, [
    ...trail,
    ...shown,
    { code: 'request_sent', details: { devices, seconds } },
  ]);
  await recordAudit(tx, deps, {
    event: 'auth_request.created',
    actor: actorOf(login),
    applicationId: application.id,
    subjectId: row.id,
    data: { user_id: user.id, door: login.door.kind },
  });
  return { requestId: row.id, expiresAt: row.expires_at, number, joined: false };
}

export interface RefusedLogin {
  readonly login: Login;
  readonly userId: string | null;
  readonly trail: readonly StepEntry[];
  readonly reason: RefusalReasonCode;
}

/** Writes down a login that was refused before anybody was asked. @returns the auth request's id */
export async function recordRefusal(
  tx: Tx,
  deps: AuditDeps,
  { login, userId, trail, reason }: RefusedLogin,
): Promise<string> {
  const row = newRow(deps, login, { status: 'denied', userId, seconds: 0 });
  await tx
    .insertInto('auth_requests')
    .values({ ...row, reason, decided_at: row.created_at })
    .execute();
  await appendSteps(tx, row.id, row.created_at, trail);
  await recordAudit(tx, deps, {
    event: 'auth_request.denied',
    actor: actorOf(login),
    applicationId: login.applicationId,
    subjectId: row.id,
    data: { reason, user_id: userId, door: login.door.kind },
  });
  return row.id;
}

/** Writes down a login that cannot be put to anybody, but must look like one that can: it stays pending until it expires. */
export async function recordUnaskable(
  tx: Tx,
  deps: AuditDeps,
  { login, userId, trail, reason }: RefusedLogin,
): Promise<Opened> {
  const row = newRow(deps, login, { status: 'pending', userId, seconds: login.seconds ?? defaultSeconds });
  await tx
    .insertInto('auth_requests')
    .values({ ...row, reason })
    .execute();
  await appendSteps(tx, row.id, row.created_at, trail);
  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  return { requestId: row.id, expiresAt: row.expires_at, number, joined: false };
}

export const actorOf = ({ door }: Login): Actor => ({
  kind: door.kind === 'radius' ? 'radius_client' : 'api_client',
  id: door.id,
});

const defaultSeconds = 60;
const nameLimit = 255;
const clientLimit = 80;

function newRow(
  deps: AuditDeps,
  login: Login,
  { status, userId, seconds }: { status: AuthRequestTable['status']; userId: string | null; seconds: number },
): AuthRequestTable {
  const now = deps.clock.now();
  return {
    id: newId(deps, 'req'),
    application_id: login.applicationId,
    user_id: userId,
    username: toDisplayable(login.username, nameLimit),
    status,
    reason: null,
    door: login.door.kind,
    door_id: login.door.id,
    door_context: null,
    state_hash: null,
    client_name: toDisplayable(login.clientName, clientLimit),
    client_address: login.clientAddress,
    reply_attributes: null,
    created_at: now,
    expires_at: now + seconds * 1000,
    decided_at: null,
    updated_at: now,
  };
}

async function insertChallenge(
  tx: Tx,
  deps: AuditDeps,
  { question, row, number }: { question: Question; row: AuthRequestTable; number: string | null },
): Promise<void> {
  const { login, application, user } = question;
  const id = newId(deps, 'chl');
  const nonce = Buffer.from(deps.random.bytes(24)).toString('base64url');
  const content = writeContent({
    request_id: row.id,
    challenge_id: id,
    nonce,
    application: { name: application.name, access_id: application.access_id },
    username: user.username,
    title: login.title ?? `Log in to ${application.name}`,
    description: login.description,
    client: { name: row.client_name, address: row.client_address },
    created_at: row.created_at,
    expires_at: row.expires_at,
    ...(number === null ? {} : { number: { digits: numberDigits } }),
  });
  await tx
    .insertInto('challenges')
    .values({
      id,
      auth_request_id: row.id,
      user_id: user.id,
      status: 'pending',
      nonce,
      content,
      number: number === null ? null : deps.vault.seal('challenge-number', id, Buffer.from(number)),
      device_id: null,
      created_at: row.created_at,
      expires_at: row.expires_at,
      decided_at: null,
    })
    .execute();
}

async function joinOpenRequest(tx: Tx, deps: AuditDeps, { login, user }: Question): Promise<Opened> {
  const open = await tx
    .selectFrom('auth_requests')
    .innerJoin('challenges', 'challenges.auth_request_id', 'auth_requests.id')
    .select([
      'auth_requests.id',
      'auth_requests.expires_at',
      'challenges.id as challenge_id',
      'challenges.number',
    ])
    .where('auth_requests.user_id', '=', user.id)
    .where('door_context', '=', contextKey(login))
    .where('auth_requests.status', '=', 'pending')
    .executeTakeFirstOrThrow();
  await appendSteps(tx, open.id, deps.clock.now(), [{ code: 'joined' }]);
  const number =
    open.number === null
      ? null
      : Buffer.from(deps.vault.open('challenge-number', open.challenge_id, open.number)).toString();
  return { requestId: open.id, expiresAt: open.expires_at, number, joined: true };
}
