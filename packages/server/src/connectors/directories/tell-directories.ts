// What the administrator learns about directories: each question is counted and timed, and a server that is given up has a line.
import type { RewriteAnswer } from '#core/user-sources/directory.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { LineKind, SampledLines } from '#platform/sampled-lines.ts';
import type { BreakerState } from './breaker.ts';
import type { RadiusSourcesDeps } from '../radius-sources/radius-sources.ts';
import type { DirectoriesDeps } from './directories.ts';

const unavailable: LineKind = { name: 'directory', level: 'warn', words: 'a directory could not be asked' };
const notWritten: LineKind = {
  name: 'device records',
  level: 'warn',
  words: 'records of devices could not be written into a directory; it is tried again',
};
const givenUp: LineKind = {
  name: 'directory server',
  level: 'warn',
  words: 'a server of a directory does not answer and is passed over for a while',
};
const takenUp: LineKind = {
  name: 'directory server',
  level: 'info',
  words: 'a server of a directory answers again',
};

/** All that is told of a user source here. */
interface Named {
  readonly name: string;
}

const numberOf: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 0.5, open: 1 };

export function tellDirectories({
  metrics,
  lines,
}: {
  readonly metrics: Metrics;
  readonly lines: SampledLines;
}): Pick<DirectoriesDeps & RadiusSourcesDeps, 'observe' | 'breakerChanged' | 'hostReleased'> {
  return {
    observe({ name: directory }: Named, operation: string, result: string, ms: number, detail?: string) {
      metrics.countersign_directory_answers_total.inc({ directory, operation, result });
      metrics.countersign_directory_seconds.observe({ directory, operation }, ms / 1000);
      if (detail !== undefined)
        lines.write(unavailable, directory, () => ({ directory, operation, cause: detail }));
    },
    breakerChanged({ name: directory }, host, state, reason) {
      metrics.countersign_directory_server_down.set({ directory, host }, numberOf[state]);
      if (state === 'open') lines.write(givenUp, host, () => ({ directory, host, cause: reason }));
      if (state === 'closed') lines.write(takenUp, host, () => ({ directory, host }));
    },
    hostReleased: ({ name: directory }, host) =>
      metrics.countersign_directory_server_down.remove({ directory, host }),
  };
}

/** What the administrator learns about records of devices that are written into directories. */
export const tellRecords = ({
  metrics,
  lines,
}: {
  readonly metrics: Metrics;
  readonly lines: SampledLines;
}) => ({
  recordsWritten(directory: string, result: RewriteAnswer['kind'], detail?: string): void {
    metrics.countersign_device_records_total.inc({ directory, result });
    if (detail !== undefined) lines.write(notWritten, directory, () => ({ directory, cause: detail }));
  },
});
