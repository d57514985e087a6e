// A login as the row of an auth request, before anything is known of its end.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import { type StepEntry, writeSteps } from '#core/audit/steps.ts';
import { insertInto } from '#db/row-statement.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { type IdSource, newId } from '#platform/id.ts';
import { contextKey, type Login } from './login.ts';

const nameLimit = 255;
const clientLimit = 80;
const addressLimit = 64;

/** Refused when the same login, or a copy of its packet, was written down before. */
export const insertPendingRow = insertInto('auth_requests', ['id']);

/** What is over has neither context nor digest, and stands in nobody's way. */
export const insertEndedRow = insertInto('auth_requests');

const actorKinds = {
  radius: 'radius_client',
  api: 'api_client',
  console: 'administrator',
  onboarding: 'onboarding_process',
} as const;

export const actorOf = ({ door }: Login): Actor => ({ kind: actorKinds[door.kind], id: door.id });

export interface RowStart {
  readonly userId: string | null;
  readonly trail: readonly StepEntry[];
}

/** A row that waits for its answer; the same login finds it by its context, a copy of the packet by its digest. */
export const pendingRow = (
  deps: IdSource,
  login: Login,
  { seconds, ...start }: RowStart & { readonly seconds: number },
): AuthRequestTable => newRow(deps, login, { ...start, status: 'pending', reason: null, seconds });

/** A row that is written down when all is over. */
export const endedRow = (
  deps: IdSource,
  login: Login,
  ending: RowStart & Pick<AuthRequestTable, 'status' | 'reason'>,
): AuthRequestTable => newRow(deps, login, ending);

/** @param start `seconds`: how long it can be answered; absent for what has ended already. */
function newRow(
  deps: IdSource,
  login: Login,
  {
    userId,
    trail,
    status,
    reason,
    seconds,
  }: RowStart & Pick<AuthRequestTable, 'status' | 'reason'> & { readonly seconds?: number },
): AuthRequestTable {
  const now = deps.clock.now();
  const isPending = seconds !== undefined;
  return {
    id: newId(deps, 'req'),
    application_id: login.applicationId,
    user_id: userId,
    username: toDisplayable(login.username, nameLimit),
    status,
    reason,
    door: login.door.kind,
    door_id: login.door.id,
    door_context: isPending ? contextKey(login) : null,
    packet_digest: isPending ? (login.packetDigest ?? null) : null,
    state_hash: null,
    client_name: toDisplayable(login.clientName, clientLimit),
    client_address: login.clientAddress === null ? null : toDisplayable(login.clientAddress, addressLimit),
    reply_attributes: null,
    created_at: now,
    expires_at: isPending ? now + seconds * 1000 : now,
    decided_at: isPending ? null : now,
    updated_at: now,
    steps: writeSteps(now, trail),
  };
}
