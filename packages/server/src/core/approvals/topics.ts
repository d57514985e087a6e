// Topics on the in-process bus, and what fills them with changes of other processes.
// Everything here is a hint: whoever is woken reads the row.
import type { AuthRequestStatus } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';

export const authRequestTopic = (id: string): string => `auth-request ${id}`;
/** What a user's devices are told of new ones. */
export const newcomersTopic = (userId: string): string => `newcomers ${userId}`;
export const userTopic = (id: string): string => `user ${id}`;

/** Wakes who waits for an auth request and the devices of its user. Call after the commit. */
export function wakeAbout(bus: Bus, authRequest: { id: string; userId: string | null }): void {
  bus.wake(authRequestTopic(authRequest.id));
  if (authRequest.userId !== null) bus.wake(userTopic(authRequest.userId));
}

/** Rows of other nodes may be stamped by a clock this much behind ours. */
const overlapMs = 2000;

/** What was seen of the changes of other processes. */
export interface Followed {
  /** Where the next look begins, epoch milliseconds. */
  readonly since: number;
  /** How each auth request stood that lies in the overlap of two looks: who was woken once about it need not be woken again. */
  readonly standing: ReadonlyMap<string, AuthRequestStatus>;
}

/** Nothing yet. @param now epoch milliseconds */
export const followFrom = (now: number): Followed => ({ since: now, standing: new Map() });

/** Wakes who waits for auth requests that other nodes or the command line changed lately. To be called again and again. */
export async function wakeAboutChanges(
  deps: { db: Db; bus: Bus; clock: Clock },
  { since, standing: before }: Followed,
): Promise<Followed> {
  const started = deps.clock.now();
  const rows = await deps.db.read
    .selectFrom('auth_requests')
    .select(['id', 'user_id', 'status'])
    .where('updated_at', '>=', since - overlapMs)
    // As the index says: nobody waits for a login that was over when it was written.
    .whereRef('expires_at', '>', 'created_at')
    .execute();
  const standing = new Map<string, AuthRequestStatus>();
  for (const { id, user_id, status } of rows) {
    standing.set(id, status);
    if (before.get(id) === status) continue;
    // Who waits for the end has nothing to see before it.
    if (status !== 'pending') deps.bus.wake(authRequestTopic(id));
    if (user_id !== null) deps.bus.wake(userTopic(user_id));
  }
  return { since: started, standing };
}
