// Topics on the in-process bus, and the feed that fills them with what other processes changed.
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
const pollMs = 1000;

/**
 * Follows changes that other nodes and the command line made, by asking for rows changed lately.
 * @returns stops it.
 */
export function followChanges(deps: {
  db: Db;
  bus: Bus;
  clock: Clock;
  failed: (error: unknown) => void;
}): () => void {
  let since = deps.clock.now();
  let running = true;
  let timer: NodeJS.Timeout;

  const poll = async (): Promise<void> => {
    const started = deps.clock.now();
    try {
      const rows = await deps.db.read
        .selectFrom('auth_requests')
        .select(['id', 'user_id'])
        .where('updated_at', '>=', since - overlapMs)
        .execute();
      for (const { id, user_id } of rows) wakeAbout(deps.bus, { id, userId: user_id });
      since = started;
    } catch (error) {
      deps.failed(error);
    }
    if (running) timer = setTimeout(poll, pollMs);
  };

  timer = setTimeout(poll, pollMs);
  return () => {
    running = false;
    clearTimeout(timer);
  };
}
