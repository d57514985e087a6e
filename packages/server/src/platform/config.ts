// Configuration: what must be known before the database opens. Declared once; the environment, the checks and the reference page derive.
import { join } from 'node:path';
import {
  ConfigError,
  contactUri,
  declare,
  describeDeclarations,
  type Environment,
  hostsOrNetworks,
  type ListenAddress,
  listenAddresses,
  networks,
  oneOf,
  path,
  readDeclarations,
  readTogether,
  refuseUnknown,
  webUrl,
  wholeNumber,
} from './environment.ts';
import { failureDeclarations } from './failure-settings.ts';
import { logLevels } from './log.ts';
import { Secret } from './secret.ts';

/** Every variable, in the order of the reference page. */
export const declarations = {
  dataDirectory: declare(
    'COUNTERSIGN_DATA_DIR',
    'data',
    'Directory of the embedded database and the master key; made at first start, mode 0700.',
    path,
  ),
  masterKeyFile: declare(
    'COUNTERSIGN_MASTER_KEY_FILE',
    undefined,
    'File of the master key. Default: `master.key` in the data directory.',
    path,
  ),
  databaseUrl: declare(
    'DATABASE_URL',
    undefined,
    'PostgreSQL, as `postgres://user:password@host:port/database`. Default: SQLite in the data directory.',
    (value, variable) => {
      if (!/^postgres(ql)?:\/\//.test(value))
        throw new ConfigError(`${variable} must begin with postgres://`);
      return new Secret(value);
    },
  ),
  publicUrl: declare(
    'COUNTERSIGN_PUBLIC_URL',
    undefined,
    'The URL under which phones and browsers reach this server. Default: the first HTTP address.',
    webUrl,
  ),
  httpListen: declare(
    'COUNTERSIGN_HTTP_LISTEN',
    '127.0.0.1:8080',
    'Where HTTP listens. Only this machine by default; put a TLS proxy in front, or give a certificate.',
    listenAddresses,
  ),
  tlsCertificateFile: declare(
    'COUNTERSIGN_TLS_CERTIFICATE_FILE',
    undefined,
    'Certificate chain in PEM; with it HTTP becomes HTTPS.',
    path,
  ),
  tlsKeyFile: declare('COUNTERSIGN_TLS_KEY_FILE', undefined, 'Private key of that certificate in PEM.', path),
  trustedProxies: declare(
    'COUNTERSIGN_TRUSTED_PROXIES',
    '',
    'Addresses or networks of reverse proxies whose X-Forwarded-For is believed, separated by commas.',
    networks,
  ),
  radiusListen: declare(
    'COUNTERSIGN_RADIUS_LISTEN',
    '0.0.0.0:1812,[::]:1812',
    'Where RADIUS listens, or `off`. Packets of unknown clients are dropped.',
    listenAddresses,
  ),
  metricsListen: declare(
    'COUNTERSIGN_METRICS_LISTEN',
    'off',
    'Where Prometheus metrics are served without authentication. Off: only under /metrics, to this machine.',
    listenAddresses,
  ),
  node: declare(
    'COUNTERSIGN_NODE',
    'main',
    'Name of this node; its audit chain has the same name. Must differ between nodes of one database.',
    (value, variable) => {
      if (!/^[a-z0-9-]{1,40}$/.test(value))
        throw new ConfigError(`${variable} must be 1 to 40 of a-z, 0-9 and hyphen`);
      return value;
    },
  ),
  shutdownSeconds: declare(
    'COUNTERSIGN_SHUTDOWN_SECONDS',
    '60',
    'How long pending logins may finish after SIGTERM, in seconds.',
    wholeNumber(0, 600),
  ),
  passwordChecks: declare(
    'COUNTERSIGN_PASSWORD_CHECKS',
    '2',
    'How many passwords are checked at once; each takes about 10 ms of a processor and 19 MiB.',
    wholeNumber(1, 64),
  ),
  loginsPerUser: declare(
    'COUNTERSIGN_LOGINS_PER_USER',
    '30',
    'Logins per user and minute whose first factor passed; more are refused. What strangers try with wrong passwords is not among them.',
    wholeNumber(1, 100_000),
  ),
  loginsPerSource: declare(
    'COUNTERSIGN_LOGINS_PER_SOURCE',
    '60',
    'Requests by API per source address (`client_address`) and minute; more are refused.',
    wholeNumber(1, 1_000_000),
  ),
  ...failureDeclarations,
  loginsPerApplication: declare(
    'COUNTERSIGN_LOGINS_PER_APPLICATION',
    '60000',
    'Logins per application and minute; more are refused. One RADIUS client or API client may use half of them.',
    wholeNumber(1, 10_000_000),
  ),
  requestsPerUser: declare(
    'COUNTERSIGN_REQUESTS_PER_USER',
    '6',
    'Requests to one user’s phone per minute; more are refused.',
    wholeNumber(1, 1000),
  ),
  pushContact: declare(
    'COUNTERSIGN_PUSH_CONTACT',
    undefined,
    'Whom push services tell when something is wrong with our pushes, as `mailto:` or `https:` URI. Default: the public URL, if it is https.',
    contactUri,
  ),
  pushAllow: declare(
    'COUNTERSIGN_PUSH_ALLOW',
    '',
    'Hosts, addresses or networks inside that pushes may go to, such as an own UnifiedPush server, separated by commas. Otherwise they go to public addresses only.',
    hostsOrNetworks,
  ),
  pushHttpOnLoopback: declare(
    'COUNTERSIGN_PUSH_HTTP_ON_LOOPBACK',
    'off',
    'For development only: `on` lets pushes go to this machine, also over plain HTTP.',
    oneOf(['off', 'on']),
  ),
  openidHttpOnLoopback: declare(
    'COUNTERSIGN_OPENID_HTTP_ON_LOOPBACK',
    'off',
    'For development only: `on` lets OpenID providers on this machine be asked over plain HTTP.',
    oneOf(['off', 'on']),
  ),
  loginsAtOnce: declare(
    'COUNTERSIGN_LOGINS_AT_ONCE',
    '65536',
    'RADIUS logins under way at once, most of them waiting for a person; more are dropped. One RADIUS client gets at most half, one address a third.',
    wholeNumber(100, 10_000_000),
  ),
  overloadDelayMs: declare(
    'COUNTERSIGN_OVERLOAD_DELAY_MS',
    '500',
    'When the event loop is later than this again and again, new logins are dropped, in milliseconds.',
    wholeNumber(10, 60_000),
  ),
  overloadCommits: declare(
    'COUNTERSIGN_OVERLOAD_COMMITS',
    '5000',
    'When this many writes wait for the database, new logins are dropped.',
    wholeNumber(10, 1_000_000),
  ),
  activityDays: declare(
    'COUNTERSIGN_ACTIVITY_DAYS',
    undefined,
    'How long auth requests with their steps and evidence are kept, in days; 0 keeps them for ever. Default: the setting `activity_days`, which this fixes. The audit trail is always kept.',
    wholeNumber(0, 36_500),
  ),
  logLevel: declare(
    'COUNTERSIGN_LOG_LEVEL',
    'info',
    'trace, debug, info, warn, error, fatal or silent.',
    oneOf(logLevels),
  ),
} as const;

type Declarations = typeof declarations;
type Optional =
  | 'masterKeyFile'
  | 'databaseUrl'
  | 'publicUrl'
  | 'tlsCertificateFile'
  | 'tlsKeyFile'
  | 'pushContact'
  | 'activityDays';
type Read<K extends keyof Declarations> = ReturnType<Declarations[K]['read']>;
type Values = { readonly [K in Exclude<keyof Declarations, Optional>]: Read<K> } & {
  readonly [K in Optional]: Read<K> | undefined;
};

export type Config = Omit<Values, 'masterKeyFile'> & { readonly masterKeyFile: string };

/** Reads the environment. `NAME_FILE` names a file that holds the value of `NAME`. @throws ConfigError */
export function readConfig(environment: Environment): Config {
  const variables = Object.values(declarations).map(({ variable }) => variable);
  const [values] = readTogether(
    () => readValues(environment),
    () => refuseUnknown(environment, variables, 'docs/reference/configuration.md'),
  );
  return { ...values, masterKeyFile: values.masterKeyFile ?? join(values.dataDirectory, 'master.key') };
}

function readValues(environment: Environment): Values {
  // Made from the very table that the type is made from.
  const values = readDeclarations(declarations, environment) as Values;
  if ((values.tlsCertificateFile === undefined) === (values.tlsKeyFile === undefined)) return values;
  throw new ConfigError(
    'COUNTERSIGN_TLS_CERTIFICATE_FILE and COUNTERSIGN_TLS_KEY_FILE must be given together',
  );
}

/** The public URL, made from the first HTTP address when none was configured. */
export function publicUrlOf(
  { publicUrl: given, httpListen, tlsCertificateFile }: Config,
  actual?: ListenAddress,
): string {
  if (given !== undefined) return given;
  const address = actual ?? httpListen[0] ?? { host: '127.0.0.1', port: 8080 };
  const everywhere =
    address.host === '0.0.0.0' ||
    address.host === '::' ||
    address.host === '127.0.0.1' ||
    address.host === '::1';
  const host = everywhere ? 'localhost' : address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${tlsCertificateFile === undefined ? 'http' : 'https'}://${host}:${address.port}`;
}

/** The reference page (docs/reference/configuration.md). */
export function describeConfig(): string {
  return [
    '# Configuration',
    '',
    'Environment variables, read once at start. `NAME_FILE` may be given instead of `NAME`: the file then holds the value. An unknown',
    'variable that begins with `COUNTERSIGN_` is an error, so that a slip of the pen does not go unseen.',
    '',
    ...describeDeclarations(Object.values(declarations)),
    '',
  ].join('\n');
}
