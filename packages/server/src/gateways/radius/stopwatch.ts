// Where the time of one login goes: the first factor, the database, the person, and what is left for ourselves.
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type { LoginTime } from '#core/authentication/login-time.ts';
import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';

export type FirstFactorPart = 'password' | 'home_server';

const parts = ['password', 'home_server', 'commit', 'person'] as const;
type Part = (typeof parts)[number];

/** Runs from its making; told by the engine how long the person and the database were waited for. */
export class Stopwatch implements LoginTime {
  readonly #clock: Clock;
  readonly #began: number;
  /** Undefined: there was no such part. */
  readonly #spent: Record<Part, number | undefined> = {
    password: undefined,
    home_server: undefined,
    commit: undefined,
    person: undefined,
  };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.monotonic();
  }

  waited(ms: number): void {
    this.#add('person', ms);
  }

  committed(ms: number): void {
    this.#add('commit', ms);
  }

  /** The same check, timed. */
  firstFactor(part: FirstFactorPart, check: FirstFactorCheck): FirstFactorCheck {
    return async (user, signal) => {
      const start = this.#clock.monotonic();
      try {
        return await check(user, signal);
      } finally {
        this.#add(part, this.#clock.monotonic() - start);
      }
    };
  }

  /** Tells the metrics. */
  stop({ countersign_login_seconds: seconds }: Pick<Metrics, 'countersign_login_seconds'>): void {
    const total = this.#clock.monotonic() - this.#began;
    let own = total;
    for (const part of parts) {
      const ms = this.#spent[part];
      if (ms === undefined) continue;
      seconds.observe({ part }, ms / 1000);
      own -= ms;
    }
    // While the person is waited for, an expired request is written down: that time counts twice.
    seconds.observe({ part: 'own' }, Math.max(0, own) / 1000);
    seconds.observe({ part: 'total' }, total / 1000);
  }

  #add(part: Part, ms: number): void {
    this.#spent[part] = (this.#spent[part] ?? 0) + ms;
  }
}
