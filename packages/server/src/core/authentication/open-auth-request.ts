// Writes a login down: as a question to the user's devices, as a join to the one already asked, or as a refusal.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import { sql } from 'kysely';
import { numberDigits, writeContent } from '#core/approvals/challenge.ts';
import { appendSteps, type StepEntry, writeSteps } from '#core/audit/steps.ts';
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
  /** For a login that goes on in another packet, which this process may not live to see. */
  readonly doorData: Uint8Array | null;
}

export interface Opened {
  readonly requestId: string;
  readonly expiresAt: number;
  readonly number: string | null;
  readonly joined: boolean;
}

/** @returns undefined when the same login was opened meanwhile; then it can be joined. */
export async function openAuthRequest(
  tx: Tx,
  deps: AuditDeps,
  question: Question,
): Promise<Opened | undefined> {
  const { login, application, user, devices, trail } = question;
  const seconds = login.seconds ?? application.request_seconds;
  const row = newRow(deps, login, { status: 'pending', userId: user.id, seconds });
  const sealed = question.doorData && deps.vault.seal('door-data', row.id, question.doorData);
  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  const shown: StepEntry[] = number === null ? [] : [{ code: 'number_shown' }];
  const sent: StepEntry = { code: 'request_sent', details: { devices, seconds } };
  const steps = writeSteps(row.created_at, [...trail, ...shown, sent]);
  if (!(await insertOpen(tx, { ...row, reply_attributes: sealed, steps }))) return undefined;
  await insertChallenge(tx, deps, { question, row, number });
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
    .values({ ...row, reason, decided_at: row.created_at, steps: writeSteps(row.created_at, trail) })
    .execute();
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
  { login, userId, trail, reason, seconds }: RefusedLogin & { readonly seconds: number },
): Promise<Opened | undefined> {
  const row = newRow(deps, login, { status: 'pending', userId, seconds });
  const steps = writeSteps(row.created_at, trail);
  if (!(await insertOpen(tx, { ...row, reason, steps }))) return undefined;
  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  return { requestId: row.id, expiresAt: row.expires_at, number, joined: false };
}

export const actorOf = ({ door }: Login): Actor => ({
  kind: door.kind === 'radius' ? 'radius_client' : 'api_client',
  id: door.id,
});

const nameLimit = 255;
const clientLimit = 80;
const addressLimit = 64;

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
    door_context: status === 'pending' ? contextKey(login) : null,
    state_hash: null,
    client_name: toDisplayable(login.clientName, clientLimit),
    client_address: login.clientAddress === null ? null : toDisplayable(login.clientAddress, addressLimit),
    reply_attributes: null,
    created_at: now,
    expires_at: now + seconds * 1000,
    decided_at: null,
    updated_at: now,
    packet_digest: null,
    steps: '',
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

/** @returns false when a login of the same context is open already */
async function insertOpen(tx: Tx, row: AuthRequestTable): Promise<boolean> {
  const inserted = await tx
    .insertInto('auth_requests')
    .values(row)
    // The predicate is written out: PostgreSQL cannot match a partial index to a parameter.
    .onConflict((c) => c.column('door_context').where('status', '=', sql.lit('pending')).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Joins the open auth request of the same context, if there is one whose time is not over. */
export async function joinAuthRequest(tx: Tx, deps: AuditDeps, login: Login): Promise<Opened | undefined> {
  const context = contextKey(login);
  if (context === null) return undefined;
  const now = deps.clock.now();
  const open = await tx
    .updateTable('auth_requests')
    .set({ steps: appendSteps(now, [{ code: 'joined' }]) })
    .where('door_context', '=', context)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .returning(['id', 'expires_at'])
    .executeTakeFirst();
  if (!open) return undefined;
  return { requestId: open.id, expiresAt: open.expires_at, number: null, joined: true };
}
