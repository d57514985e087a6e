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

interface Timed {
  readonly journal: Journal;
  readonly clock: Clock;
}

/**
 * The same, whose journal tells how long each write took. The rest is inherited: two dozen fields copied for every login would cost more
 * than what they are copied for. Never spread what this returns: a copy has the journal and nothing else.
 */
export function withTime<D extends Timed>(deps: D, time: LoginTime | undefined): D {
  if (time === undefined) return deps;
  return Object.assign(Object.create(deps) as D, { journal: timedJournal(deps, time) });
}

/** The same journal; tells how long each write took until it was durable, or failed. */
function timedJournal({ journal, clock }: Timed, time: LoginTime): Journal {
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
