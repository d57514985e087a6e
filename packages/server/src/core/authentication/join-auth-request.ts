// Finds the auth request that a login already has: retransmissions, retries from a new port and another node's copy are one login to
// a human. Never by the user name alone: a stranger must not ride on the request that the real user is about to approve.
import { lastingContextMark } from '#core/audit/end-auth-request.ts';
import { writeSteps } from '#core/audit/steps.ts';
import type { Bus } from '#platform/bus.ts';
import type { Db } from '#db/db.ts';
import { type Find, updateOf } from '#db/row-statement.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { closeIfExpired } from './close-expired.ts';
import { contextKey, type Login } from './login.ts';
import type { OpenDeps, Opened } from './open-auth-request.ts';

export interface JoinDeps extends OpenDeps {
  readonly db: Db;
  readonly bus: Bus;
}

/** How long after its end a login that comes again is still the same: a client may have missed the answer. In milliseconds. */
const answerMs = 30_000;

export type Same =
  | { readonly kind: 'joined'; readonly opened: Opened }
  /** A copy of a packet whose login is over. */
  | { readonly kind: 'replayed' }
  | { readonly kind: 'none' };

type SameRow = Pick<
  AuthRequestTable,
  'id' | 'status' | 'expires_at' | 'decided_at' | 'packet_digest' | 'door_context'
>;

const sameLogin: Find<{ packet_digest: string | null; door_context: string | null }, SameRow> = {
  parameters: { packet_digest: 'text', door_context: 'text' },
  select: `auth_requests.id, auth_requests.status, auth_requests.expires_at, auth_requests.decided_at,
    auth_requests.packet_digest, auth_requests.door_context`,
  from: 'auth_requests',
  where: `auth_requests.id = coalesce(
    (select packet.id from auth_requests as packet where packet.packet_digest = :packet_digest),
    (select session.id from auth_requests as session where session.door_context = :door_context))`,
};

const addJoined = updateOf<{ id: string; now: number; steps: string }>({
  table: 'auth_requests',
  parameters: { id: 'text', now: 'bigint', steps: 'text' },
  set: 'steps = auth_requests.steps || :steps',
  where: `auth_requests.id = :id and auth_requests.status = 'pending' and auth_requests.expires_at > :now`,
  required: true,
});

const forgetContext = updateOf<{ id: string }>({
  table: 'auth_requests',
  parameters: { id: 'text' },
  set: 'door_context = null',
  where: `auth_requests.id = :id and auth_requests.status <> 'pending'`,
  required: false,
});

/** @returns `none` when there is no such auth request, or none any more: then the login may be opened. @throws Unavailable */
export async function joinSameLogin(deps: JoinDeps, login: Login): Promise<Same> {
  const context = contextKey(login);
  const digest = login.packetDigest ?? null;
  if (context === null && digest === null) return { kind: 'none' };
  const row = await deps.db.find(sameLogin, { packet_digest: digest, door_context: context });
  if (!row) return { kind: 'none' };
  const isCopy = digest !== null && row.packet_digest === digest;
  // A number was shown for the first copy only; there is nothing to wait for with this one.
  if (isCopy && login.number !== 'none') return { kind: 'replayed' };
  if (row.status !== 'pending') return joinEnded(deps, row, isCopy);
  return (await joinPending(deps, row, isCopy)) ?? joinSameLogin(deps, login);
}

/** @returns undefined when it ended in this very moment: look again how. */
async function joinPending(deps: JoinDeps, row: SameRow, isCopy: boolean): Promise<Same | undefined> {
  const now = deps.clock.now();
  if (row.expires_at <= now) {
    await closeIfExpired(deps, row.id);
    return { kind: 'none' };
  }
  if (isCopy) return joined(row);
  const steps = writeSteps(now, [{ code: 'joined' }]);
  return (await deps.journal.write([addJoined({ id: row.id, now, steps })])) ? joined(row) : undefined;
}

async function joinEnded(deps: JoinDeps, row: SameRow, isCopy: boolean): Promise<Same> {
  const endedAgo = deps.clock.now() - (row.decided_at ?? 0);
  const namesOneSession = isCopy || row.door_context?.startsWith(lastingContextMark) === true;
  if (namesOneSession && endedAgo >= 0 && endedAgo <= answerMs) return joined(row);
  if (isCopy) return { kind: 'replayed' };
  await deps.journal.write([forgetContext({ id: row.id })]);
  return { kind: 'none' };
}

const joined = ({ id, expires_at }: SameRow): Same => ({
  kind: 'joined',
  opened: { requestId: id, expiresAt: expires_at, number: null, state: null, joined: true },
});
