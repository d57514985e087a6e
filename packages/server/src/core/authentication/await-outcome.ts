// The second half of a login: waits until the row says how it ended. Costs memory only; the bus wakes it, the row decides.
import { authRequestTopic } from '#core/approvals/topics.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { type Bus, nextWake } from '#platform/bus.ts';
import { Unavailable } from '#platform/problem.ts';
import { closeIfExpired } from './close-expired.ts';
import { type Accepted, outcomeOf, type Rejected, type WaitingForUser } from './outcome.ts';

export interface AwaitDeps extends AuditDeps {
  readonly db: Db;
  readonly bus: Bus;
}

/** A broken database does not end the wait; it is asked again this much later, in milliseconds. */
const retryMs = 500;

/**
 * @param within how long to wait at most, in milliseconds; then the outcome is `waiting`.
 * @returns undefined when there is no such auth request. @throws Unavailable when the database stayed broken until the end.
 */
export async function awaitOutcome(
  deps: AwaitDeps,
  requestId: string,
  { within, signal }: { within: number; signal: AbortSignal },
): Promise<Accepted | Rejected | WaitingForUser | undefined> {
  const deadline = deps.clock.monotonic() + within;
  for (;;) {
    const wake = nextWake(deps.bus, authRequestTopic(requestId), signal);
    try {
      const outcome = await look(deps, requestId);
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

async function look(deps: AwaitDeps, requestId: string) {
  const row = await deps.db.read
    .selectFrom('auth_requests')
    .select(['id', 'status', 'reason', 'user_id', 'username', 'expires_at', 'reply_attributes'])
    .where('id', '=', requestId)
    .executeTakeFirst();
  if (!row) return undefined;
  const sealed = row.reply_attributes;
  return outcomeOf(row, () => (sealed === null ? null : deps.vault.open('door-data', row.id, sealed)));
}
