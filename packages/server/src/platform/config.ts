// Configuration: what must be known before the database opens. Declared once; the environment, the checks and the reference page derive.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { logLevels } from './log.ts';
import { Secret } from './secret.ts';

/** What is wrong with the environment, in one sentence for the administrator. */
export class ConfigError extends Error {}

interface Declaration<T> {
  readonly variable: string;
  /** As text, as it would stand in the environment; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
  read(text: string, variable: string): T;
}

const declare = <T>(
  variable: string,
  fallback: string | undefined,
  description: string,
  read: (text: string, variable: string) => T,
): Declaration<T> => ({
  variable,
  fallback,
  description,
  read,
});

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const path = (value: string): string => resolve(value);

function listenAddresses(value: string, variable: string): readonly ListenAddress[] {
  const entries = value.split(',').map((entry) => entry.trim());
  if (value.trim() === 'off') return [];
  return entries.map((entry) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(entry);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    if (isIP(host) === 0 || !(port <= 65_535)) {
      throw new ConfigError(
        `${variable} must list addresses such as 127.0.0.1:8080 or [::]:1812, separated by commas, or say off; “${entry}” is none`,
      );
    }
    return { host, port };
  });
}

/** Addresses, or networks with the length of their prefix. */
function networks(value: string, variable: string): readonly string[] {
  const entries = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const wrong = entries.find((entry) => !isNetwork(entry));
  if (wrong === undefined) return entries;
  throw new ConfigError(
    `${variable} must list addresses or networks such as 192.0.2.1 or 2001:db8::/32, separated by commas; “${wrong}” is none`,
  );
}

function isNetwork(entry: string): boolean {
  const [, address = '', prefix] = /^([0-9a-fA-F:.]+)(?:\/([0-9]{1,3}))?$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0) return false;
  // A prefix of 0 would believe everybody.
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128));
}

function publicUrl(value: string, variable: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ConfigError(
      `${variable} must be a URL such as https://mfa.example.com, without user, query or fragment`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

function oneOf<T extends string>(values: readonly T[]) {
  return (value: string, variable: string): T => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new ConfigError(`${variable} must be one of ${values.join(', ')}`);
    return found;
  };
}

function wholeNumber(least: number, most: number) {
  return (value: string, variable: string): number => {
    const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most))
      throw new ConfigError(`${variable} must be a whole number from ${least} to ${most}`);
    return number;
  };
}

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
    publicUrl,
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
  failuresPerUserAtSource: declare(
    'COUNTERSIGN_FAILURES_PER_USER_AT_SOURCE',
    '10',
    'Failed first factors per minute of one user from one source (Calling-Station-Id, or the RADIUS client when it sends none); then that user is refused from that source.',
    wholeNumber(1, 100_000),
  ),
  failuresPerUser: declare(
    'COUNTERSIGN_FAILURES_PER_USER',
    '30',
    'Failed first factors per minute of one user from all sources from which the user has not come in within 30 days; then the user is refused from such sources.',
    wholeNumber(1, 100_000),
  ),
  failuresPerSource: declare(
    'COUNTERSIGN_FAILURES_PER_SOURCE',
    '60',
    'Failed first factors per minute from one source (Calling-Station-Id); then everybody is refused from there.',
    wholeNumber(1, 1_000_000),
  ),
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
    '365',
    'How long auth requests with their steps and evidence are kept, in days; 0 keeps them for ever. The audit trail is always kept.',
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
type Optional = 'masterKeyFile' | 'databaseUrl' | 'publicUrl' | 'tlsCertificateFile' | 'tlsKeyFile';
type Read<K extends keyof Declarations> = ReturnType<Declarations[K]['read']>;
type Values = { readonly [K in Exclude<keyof Declarations, Optional>]: Read<K> } & {
  readonly [K in Optional]: Read<K> | undefined;
};

export type Config = Omit<Values, 'masterKeyFile'> & { readonly masterKeyFile: string };

/** Reads the environment. `NAME_FILE` names a file that holds the value of `NAME`. @throws ConfigError */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set(
    Object.values(declarations).flatMap(({ variable }) => [variable, `${variable}_FILE`]),
  );
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('COUNTERSIGN_') && !known.has(name),
  );
  if (unknown !== undefined)
    throw new ConfigError(
      `${unknown} is no variable of Countersign; docs/reference/configuration.md lists them`,
    );

  const entries = Object.entries(declarations).map(([key, declaration]: [string, Declaration<unknown>]) => {
    const value = valueOf(environment, declaration.variable) ?? declaration.fallback;
    return [key, value === undefined ? undefined : declaration.read(value, declaration.variable)];
  });
  // The entries were made from the very table that the type is made from.
  const values = Object.fromEntries(entries) as Values;
  if ((values.tlsCertificateFile === undefined) !== (values.tlsKeyFile === undefined)) {
    throw new ConfigError(
      'COUNTERSIGN_TLS_CERTIFICATE_FILE and COUNTERSIGN_TLS_KEY_FILE must be given together',
    );
  }
  return { ...values, masterKeyFile: values.masterKeyFile ?? join(values.dataDirectory, 'master.key') };
}

function valueOf(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
): string | undefined {
  const direct = environment[variable];
  const file = environment[`${variable}_FILE`];
  if (direct !== undefined && file !== undefined)
    throw new ConfigError(`${variable} and ${variable}_FILE are both given; keep one`);
  if (file === undefined) return direct;
  if (!existsSync(file)) throw new ConfigError(`${variable}_FILE names ${file}, which does not exist`);
  return readFileSync(file, 'utf8').trim();
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
  const rows = Object.values(declarations).map(
    ({ variable, fallback, description }) =>
      `| \`${variable}\` | ${fallback === undefined || fallback === '' ? '' : `\`${fallback}\``} | ${description} |`,
  );
  return [
    '# Configuration',
    '',
    'Environment variables, read once at start. `NAME_FILE` may be given instead of `NAME`: the file then holds the value. An unknown',
    'variable that begins with `COUNTERSIGN_` is an error, so that a slip of the pen does not go unseen.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
