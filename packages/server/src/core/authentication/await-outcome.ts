// The second half of a login: waits until the row says how it ended. Costs memory only; the bus wakes it, the row decides.
import { authRequestTopic } from '#core/approvals/topics.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { type Bus, nextWake } from '#platform/bus.ts';
import { Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { closeIfExpired } from './close-expired.ts';
import { type Accepted, type DecidedRow, outcomeOf, type Rejected, type WaitingForUser } from './outcome.ts';
import type { Find } from '#db/row-statement.ts';

export interface AwaitDeps extends AuditDeps {
  readonly db: Db;
  readonly bus: Bus;
}

/** A broken database does not end the wait; it is asked again this much later, in milliseconds. */
const retryMs = 500;

/**
 * @param within how long to wait at most, in milliseconds; then the outcome is `waiting`.
 * @param doorData what this very login keeps for the door; what the row keeps when absent.
 * @returns undefined when there is no such auth request. @throws Unavailable when the database stayed broken until the end.
 */
export async function awaitOutcome(
  deps: AwaitDeps,
  requestId: string,
  {
    within,
    signal,
    doorData,
  }: { within: number; signal: StopSignal; doorData?: Uint8Array | null | undefined },
): Promise<Accepted | Rejected | WaitingForUser | undefined> {
  const deadline = deps.clock.monotonic() + within;
  for (;;) {
    const wake = nextWake(deps.bus, authRequestTopic(requestId), signal);
    try {
      const outcome = await look(deps, requestId, doorData);
      const left = deadline - deps.clock.monotonic();
      if (outcome?.kind !== 'waiting' || left <= 0 || signal.aborted) return outcome;
      await wake.within(Math.min(left, Math.max(0, outcome.expiresAt - deps.clock.now()) + 1));
      if (outcome.expiresAt <= deps.clock.now()) await closeIfExpired(deps, requestId);
    } catch (error) {
      if (!(error instanceof Unavailable) || deadline - deps.clock.monotonic() <= 0 || signal.aborted)
        throw error;
      await wake.within(retryMs);
    } finally {
      wake.forget();
    }
  }
}

type StandingRow = DecidedRow & { readonly reply_attributes: string | null };

const standing: Find<{ id: string }, StandingRow> = {
  parameters: { id: 'text' },
  select: `auth_requests.id, auth_requests.status, auth_requests.reason, auth_requests.expires_at,
    auth_requests.reply_attributes, users.id as user_id, users.enabled as user_enabled,
    applications.enabled as application_enabled`,
  from: `auth_requests left join users on users.id = auth_requests.user_id
    left join applications on applications.id = auth_requests.application_id`,
  where: 'auth_requests.id = :id',
};

async function look(deps: AwaitDeps, requestId: string, doorData: Uint8Array | null | undefined) {
  const row = await deps.db.find(standing, { id: requestId });
  if (!row) return undefined;
  const { id, reply_attributes: sealed } = row;
  const kept = () => (sealed === null ? null : deps.vault.open('door-data', id, sealed));
  return outcomeOf(row, () => (doorData === undefined ? kept() : doorData));
}
