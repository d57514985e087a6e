// Where the time of one login goes, told to the door while it runs.
import type { Journal } from '#core/audit/journal.ts';
import type { Clock } from '#platform/clock.ts';

/** All in milliseconds. */
export interface LoginTime {
  /** How long its person was waited for. */
  waited(ms: number): void;
  /** How long a commit took that it waited for. */
  committed(ms: number): void;
}

/** The same journal; tells how long each write took until it was durable, or failed. */
export function timedJournal(
  { journal, clock }: { readonly journal: Journal; readonly clock: Clock },
  time: LoginTime,
): Journal {
  return {
    waiting: journal.waiting,
    async write(change, event) {
      const since = clock.monotonic();
      try {
        return await journal.write(change, event);
      } finally {
        time.committed(clock.monotonic() - since);
      }
    },
  };
}
