// Turns new logins away while there is more to do than can be done in time, and tells of it: counted, and in a line now and then.
import type { Committed, Journal } from '#core/audit/journal.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { watchLoad } from '#platform/load.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { SampledLines } from '#platform/sampled-lines.ts';
import type { LoginDeps } from './begin-login.ts';

export interface OverloadDeps {
  readonly clock: Clock;
  readonly config: Pick<Config, 'overloadDelayMs' | 'overloadCommits'>;
  readonly journal: Pick<Journal, 'waiting'>;
  readonly onCommit: (listener: (committed: Committed) => void) => void;
  readonly metrics: Metrics;
  readonly lines: SampledLines;
}

export interface OverloadWatch {
  /** Says whether a new login must be turned away, and counts it. */
  readonly mustDrop: NonNullable<LoginDeps['mustDrop']>;
  /** Whether new logins would be dropped now. */
  isOverloaded(): boolean;
  stop(): void;
}

const overloaded = {
  name: 'overloaded',
  level: 'warn',
  words: 'the server has more to do than it can do in time: new logins are dropped',
} as const;

/** Measures how much there is to do, until it is stopped. */
export function watchOverload({
  clock,
  config,
  journal,
  onCommit,
  metrics,
  lines,
}: OverloadDeps): OverloadWatch {
  onCommit(({ changes, took }) => {
    metrics.countersign_commit_writes.observe({}, changes);
    metrics.countersign_commit_seconds.observe({}, took / 1000);
  });
  const load = watchLoad({
    clock,
    limits: { delayMs: config.overloadDelayMs, commits: config.overloadCommits },
    commitsWaiting: journal.waiting,
    observe: (delayMs) => {
      metrics.countersign_event_loop_delay_seconds.observe({}, delayMs / 1000);
      metrics.countersign_commits_waiting.set(journal.waiting());
    },
  });
  return {
    mustDrop(door) {
      const cause = load.overload();
      if (cause === undefined) return false;
      metrics.countersign_logins_dropped_total.inc({ door, cause });
      lines.write(overloaded, door, () => ({ door, cause }));
      return true;
    },
    isOverloaded: () => load.overload() !== undefined,
    stop: load.stop,
  };
}
