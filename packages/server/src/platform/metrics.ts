// Every metric, declared once: name, kind, help and labels. Labels are closed lists; never a name of a person or a secret.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Histogram } from './histogram.ts';

interface Declaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const quick = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
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
  countersign_logins_throttled_total: {
    kind: 'counter',
    help: 'Logins refused because there were too many, by the limit they met.',
    labels: ['limit'],
  },
  countersign_logins_dropped_total: {
    kind: 'counter',
    help: 'New logins turned away for want of room, by door and cause: the table of logins in flight or the fair share of one client or source in it, the event loop, commits that wait.',
    labels: ['door', 'cause'],
  },
  countersign_logins_pending: {
    kind: 'gauge',
    help: 'Logins that a door is working on or waiting for now.',
    labels: ['door'],
  },
  countersign_login_seconds: {
    kind: 'histogram',
    help: 'Where the time of RADIUS logins goes: `password` and `home_server` are the first factor, `person` is waiting for the answer on a device, `commit` for the database to write, `own` all the rest, `total` everything.',
    labels: ['part'],
    buckets: [...quick, 10, 30, 60, 120],
  },
  countersign_radius_client_packets_total: {
    kind: 'counter',
    help: 'RADIUS datagrams by client: new requests, duplicates and those dropped. Many duplicates mean a lossy network or a client that waits too short.',
    labels: ['client', 'event'],
  },
  countersign_home_server_seconds: {
    kind: 'histogram',
    help: 'How long home servers took to answer, retransmissions included; those that never did count with the time that was waited.',
    labels: ['home_server'],
    buckets: seconds,
  },
  countersign_event_loop_delay_seconds: {
    kind: 'histogram',
    help: 'How late the event loop came round, probed 20 times a second. What is late here is late for everybody.',
    labels: [],
    buckets: quick,
  },
  countersign_commit_seconds: {
    kind: 'histogram',
    help: 'How long commits to the database took, from their first write to durable.',
    labels: [],
    buckets: quick,
  },
  countersign_commit_writes: {
    kind: 'histogram',
    help: 'How many writes shared a commit.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  },
  countersign_commits_waiting: {
    kind: 'gauge',
    help: 'Writes that wait for a commit now.',
    labels: [],
  },
  countersign_log_lines_left_out_total: {
    kind: 'counter',
    help: 'Log lines that were counted instead of written, because there were too many like them.',
    labels: ['kind'],
  },
  countersign_http_connections_refused_total: {
    kind: 'counter',
    help: 'HTTP connections closed before they were served: `full`, `source_share` (one address held what is fair), `timeout` (no request in time) or `broken` (no HTTP).',
    labels: ['cause'],
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
  countersign_pushes_total: {
    kind: 'counter',
    help: 'Pushes that woke devices or were to, by outcome: `sent`, `not_wanted` (answered meanwhile), `stopped` (the server stopped), or why they failed; `queue_full` ones were dropped.',
    labels: ['outcome'],
  },
  countersign_push_seconds: {
    kind: 'histogram',
    help: 'How long pushes took until the push service had them or they failed, waiting and further tries included.',
    labels: [],
    buckets: seconds,
  },
  countersign_pushes_waiting: {
    kind: 'gauge',
    help: 'Pushes under way or waiting now.',
    labels: [],
  },
  countersign_directory_answers_total: {
    kind: 'counter',
    help: 'Questions to user sources (Active Directory, LDAP, RADIUS) and how they ended.',
    labels: ['directory', 'operation', 'result'],
  },
  countersign_device_records_total: {
    kind: 'counter',
    help: 'Users whose records of devices were to be written into a directory, and how that ended.',
    labels: ['directory', 'result'],
  },
  countersign_credential_cache_total: {
    kind: 'counter',
    help: 'Looks into credential caches while a user source could not be asked, and what came of them.',
    labels: ['source', 'result'],
  },
  countersign_directory_seconds: {
    kind: 'histogram',
    help: 'How long questions to user sources took, all servers that were tried included.',
    labels: ['directory', 'operation'],
    buckets: seconds,
  },
  countersign_directory_server_down: {
    kind: 'gauge',
    help: '1 while a server of a directory is passed over because it did not answer, 0.5 while it is tried again, else 0.',
    labels: ['directory', 'host'],
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

/** Counts in memory, and is added to its counter when that is read: finding a counter by its labels costs more than counting. */
export interface Tally {
  inc(): void;
}

/** The tally of that name, made the first time. */
export function tallyOf(tallies: Map<string, Tally>, name: string, make: () => Tally): Tally {
  const known = tallies.get(name);
  if (known !== undefined) return known;
  const made = make();
  tallies.set(name, made);
  return made;
}

type CounterName = {
  [Name in MetricName]: (typeof metricTable)[Name]['kind'] extends 'counter' ? Name : never;
}[MetricName];

export type Metrics = { readonly [Name in MetricName]: Metric<(typeof metricTable)[Name]> } & {
  /** For what is counted with every packet. Labels as the counter has them; one tally for each, kept by whoever counts. */
  tally<Name extends CounterName>(
    counter: Name,
    labels: Readonly<Record<(typeof metricTable)[Name]['labels'][number], string>>,
  ): Tally;
  /** Calls `fill` before everything is rendered, to set what need not be kept up to date all the time. */
  beforeRender(fill: () => void): void;
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
  const metrics = Object.fromEntries(made) as Omit<Metrics, keyof ReturnType<typeof reading>>;
  const histograms = Object.values(metrics).filter((each) => each instanceof Histogram);
  return { ...metrics, ...reading(registry, metrics, histograms) };
}

function reading(
  registry: Registry,
  metrics: Record<CounterName, Counter>,
  histograms: readonly Pick<Histogram, 'text'>[],
) {
  const fills: (() => void)[] = [];
  return {
    tally(counter: CounterName, labels: Readonly<Record<string, string>>): Tally {
      let counted = 0;
      fills.push(() => {
        if (counted > 0) metrics[counter].inc(labels, counted);
        counted = 0;
      });
      return {
        inc: () => {
          counted += 1;
        },
      };
    },
    beforeRender: (fill: () => void) => void fills.push(fill),
    render: async () => {
      for (const fill of fills) fill();
      const others = await registry.metrics();
      return [others, ...histograms.map((each) => each.text())].join('\n');
    },
    contentType: registry.contentType as string,
  };
}

function make(register: Registry, name: string, { kind, help, labels, buckets = seconds }: Declaration) {
  const options = { name, help, labelNames: [...labels], registers: [register] };
  switch (kind) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ name, help, labels, buckets });
  }
}
