// What the administrator learns about exchanges with home servers: each is counted and timed, a few that failed have a line.
import { type Metrics, type Tally, tallyOf } from '#platform/metrics.ts';
import type { LineKind, SampledLines } from '#platform/sampled-lines.ts';
import { discardedAnswer } from './discarded-answer.ts';
import type { ObserveExchange } from './home-servers.ts';

const silent: LineKind = {
  name: 'home server',
  level: 'warn',
  words: 'a home server gave no usable answer',
};
const discarded: LineKind = {
  name: 'home server discarded',
  level: 'warn',
  words:
    'the answer of a home server was discarded: unsigned, or not to be verified (another shared secret?)',
};

export function tellExchanges({
  metrics,
  lines,
}: {
  readonly metrics: Metrics;
  readonly lines: SampledLines;
}): ObserveExchange {
  const tallies = new Map<string, Tally>();
  return ({ name: home_server }, result, ms, refusal) => {
    tallyOf(tallies, `${result} ${home_server}`, () =>
      metrics.tally('countersign_home_server_exchanges_total', { home_server, result }),
    ).inc();
    // Told a second time, of a reply that was timed when it came.
    if (result !== 'unreadable') metrics.countersign_home_server_seconds.observe({ home_server }, ms / 1000);
    if (refusal !== undefined)
      lines.write(discarded, home_server, () => {
        const { is, remedy } = discardedAnswer[refusal];
        return { home_server, refusal, cause: `the answer ${is}`, remedy };
      });
    else if (result !== 'reply') lines.write(silent, home_server, () => ({ home_server, result }));
  };
}
