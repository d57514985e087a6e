// Topics on the in-process bus, and what fills them with changes of other processes.
// Everything here is a hint: whoever is woken reads the row.
import type { Db } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';

export const authRequestTopic = (id: string): string => `auth-request ${id}`;
export const userTopic = (id: string): string => `user ${id}`;

/** Wakes who waits for an auth request and the devices of its user. Call after the commit. */
export function wakeAbout(bus: Bus, authRequest: { id: string; userId: string | null }): void {
  bus.wake(authRequestTopic(authRequest.id));
  if (authRequest.userId !== null) bus.wake(userTopic(authRequest.userId));
}

/** Rows of other nodes may be stamped by a clock this much behind ours. */
const overlapMs = 2000;

/**
 * Wakes who waits for auth requests that other nodes or the command line changed lately. To be called again and again.
 * @returns where the next call begins, epoch milliseconds
 */
export async function wakeAboutChanges(
  deps: { db: Db; bus: Bus; clock: Clock },
  since: number,
): Promise<number> {
  const started = deps.clock.now();
  const rows = await deps.db.read
    .selectFrom('auth_requests')
    .select(['id', 'user_id'])
    .where('updated_at', '>=', since - overlapMs)
    // As the index says: nobody waits for a login that was over when it was written.
    .whereRef('expires_at', '>', 'created_at')
    .execute();
  for (const { id, user_id } of rows) wakeAbout(deps.bus, { id, userId: user_id });
  return started;
}
