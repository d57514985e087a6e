// Where the time of one login goes: the first factor, the database, the person, and what is left for ourselves.
import type { LoginDeps } from '#core/authentication/begin-login.ts';
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';

export type FirstFactorPart = 'password' | 'home_server';

export interface Stopwatch {
  /** The same journal, its writes timed. */
  journal(journal: LoginDeps['journal']): LoginDeps['journal'];
  firstFactor(part: FirstFactorPart, check: FirstFactorCheck): FirstFactorCheck;
  /** Takes in how long the person was waited for, in milliseconds. */
  waited(ms: number): void;
  /** Tells the metrics. */
  stop(): void;
}

export function startStopwatch(
  clock: Clock,
  { countersign_login_seconds: seconds }: Pick<Metrics, 'countersign_login_seconds'>,
): Stopwatch {
  const began = clock.monotonic();
  const spent: Partial<Record<FirstFactorPart | 'commit' | 'person', number>> = {};
  const add = (part: keyof typeof spent, ms: number) => {
    spent[part] = (spent[part] ?? 0) + ms;
  };
  const timed = async <T>(part: keyof typeof spent, work: () => Promise<T>): Promise<T> => {
    const start = clock.monotonic();
    try {
      return await work();
    } finally {
      add(part, clock.monotonic() - start);
    }
  };
  return {
    journal: (journal) => ({
      ...journal,
      write: (change, event) => timed('commit', () => journal.write(change, event)),
    }),
    firstFactor: (part, check) => (user, signal) => timed(part, () => check(user, signal)),
    waited: (ms) => add('person', ms),
    stop() {
      const total = clock.monotonic() - began;
      let own = total;
      for (const [part, ms] of Object.entries(spent)) {
        seconds.observe({ part }, ms / 1000);
        own -= ms;
      }
      // While the person is waited for, an expired request is written down: that time counts twice.
      seconds.observe({ part: 'own' }, Math.max(0, own) / 1000);
      seconds.observe({ part: 'total' }, total / 1000);
    },
  };
}
