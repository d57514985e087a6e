// What the administrator learns about pushes: each is counted and timed, a few that failed have a line that says why in words.
import { pushFailures } from '@countersign/contract/push-failures.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { LineKind, SampledLines } from '#platform/sampled-lines.ts';
import type { WebPushDeps } from './web-push.ts';

const failedPush: LineKind = { name: 'push', level: 'warn', words: 'a push failed' };

export interface Told extends Pick<WebPushDeps, 'observe' | 'waiting'> {
  /** A request for which nobody is woken for want of room. */
  readonly dropped: () => void;
}

export function tellPushes({
  metrics,
  lines,
}: {
  readonly metrics: Metrics;
  readonly lines: SampledLines;
}): Told {
  return {
    observe(outcome, { service, ms }) {
      const failed = outcome.kind === 'failed';
      metrics.countersign_pushes_total.inc({ outcome: failed ? outcome.cause : outcome.kind });
      metrics.countersign_push_seconds.observe({}, ms / 1000);
      if (!failed) return;
      const { cause, status } = outcome;
      lines.write(failedPush, service, () => ({ service, status, cause: pushFailures[cause] }));
    },
    waiting: (count) => metrics.countersign_pushes_waiting.set(count),
    dropped: () => metrics.countersign_pushes_total.inc({ outcome: 'queue_full' }),
  };
}
