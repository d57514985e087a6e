// Every metric, declared once: name, kind, help and labels. Labels are closed lists; never a name of a person or a secret.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

interface Declaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export const metricTable = {
  countersign_http_requests_total: {
    kind: 'counter',
    help: 'HTTP requests answered, by route name and status. `none` is a path that does not exist.',
    labels: ['route', 'status'],
  },
  countersign_http_request_seconds: {
    kind: 'histogram',
    help: 'How long HTTP requests took, in seconds. Long polls and event streams wait on purpose.',
    labels: ['route'],
    buckets: seconds,
  },
  countersign_http_rate_limited_total: {
    kind: 'counter',
    help: 'HTTP requests refused because the caller made too many.',
    labels: ['route'],
  },
  countersign_http_waiting: {
    kind: 'gauge',
    help: 'Long polls and event streams that are open now.',
    labels: ['kind'],
  },
  countersign_device_proofs_refused_total: {
    kind: 'counter',
    help: 'Device calls whose proof was not accepted, by cause. Clocks that are off are not counted.',
    labels: ['cause'],
  },
  countersign_dependency_up: {
    kind: 'gauge',
    help: '1 when the dependency answered its last check, else 0.',
    labels: ['dependency'],
  },
  countersign_radius_packets_total: {
    kind: 'counter',
    help: 'What became of RADIUS datagrams: given to the engine, answered, recognised as retransmission, or dropped and why.',
    labels: ['event'],
  },
  countersign_radius_decisions_total: {
    kind: 'counter',
    help: 'How RADIUS logins ended.',
    labels: ['outcome'],
  },
  countersign_logins_refused_total: {
    kind: 'counter',
    help: 'Logins refused before anybody was asked, through any door, by reason.',
    labels: ['reason'],
  },
  countersign_home_server_exchanges_total: {
    kind: 'counter',
    help: 'How exchanges with home servers ended.',
    labels: ['home_server', 'result'],
  },
  countersign_server_calls_total: {
    kind: 'counter',
    help: 'Remote proxy: calls of the server’s API and how they ended.',
    labels: ['call', 'result'],
  },
  countersign_unreachable_logins_total: {
    kind: 'counter',
    help: 'Remote proxy: logins let in without a second factor while the server could not be reached.',
    labels: [],
  },
  countersign_answers_refused_total: {
    kind: 'counter',
    help: 'Answers of devices that were not accepted: wrong signature, nonce, digest, clock or form.',
    labels: [],
  },
} as const satisfies Record<string, Declaration>;

export type MetricName = keyof typeof metricTable;

type Metric<D extends Declaration> = D['kind'] extends 'counter'
  ? Counter<D['labels'][number]>
  : D['kind'] extends 'gauge'
    ? Gauge<D['labels'][number]>
    : Histogram<D['labels'][number]>;

export type Metrics = { readonly [Name in MetricName]: Metric<(typeof metricTable)[Name]> } & {
  /** Everything in the Prometheus text format. */
  render(): Promise<string>;
  /** Media type of what `render` returns. */
  readonly contentType: string;
};

/** A registry of its own for each server, so that two in one process do not meet. Process metrics only when asked for. */
export function createMetrics({ process = false } = {}): Metrics {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const made = Object.entries(metricTable).map(([name, declaration]) => [
    name,
    make(registry, name, declaration),
  ]);
  // The table and the type say the same; only the loop over the table cannot show it to the compiler.
  const metrics = Object.fromEntries(made) as Omit<Metrics, 'render' | 'contentType'>;
  return { ...metrics, render: () => registry.metrics(), contentType: registry.contentType };
}

function make(register: Registry, name: string, { kind, help, labels, buckets }: Declaration) {
  const options = { name, help, labelNames: [...labels], registers: [register] };
  switch (kind) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, ...(buckets ? { buckets: [...buckets] } : {}) });
  }
}
