// Where the time of one login goes: the first factor, the database, the person, and what is left for ourselves.
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type { LoginTime } from '#core/authentication/login-time.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';

export type FirstFactorPart = 'password' | 'home_server';

export interface Stopwatch {
  /** For the engine: waiting for the person, and for the database. */
  readonly time: LoginTime;
  firstFactor(part: FirstFactorPart, check: FirstFactorCheck): FirstFactorCheck;
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
    time: { waited: (ms) => add('person', ms), committed: (ms) => add('commit', ms) },
    firstFactor: (part, check) => (user, signal) => timed(part, () => check(user, signal)),
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
