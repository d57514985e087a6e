// Configuration of a RADIUS proxy at another site: environment variables only. Declared once, like the server's own.
import { NewHomeServer, NewRadiusClient } from '@countersign/contract/radius-models.ts';
import { z } from 'zod';
import { canonicalNetwork } from '#core/radius-clients/network.ts';
import type { LoadedHomeServer, LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import {
  ConfigError,
  declare,
  describeDeclarations,
  type Environment,
  isLoopback,
  listenAddresses,
  oneOf,
  path,
  readDeclarations,
  readTogether,
  refuseUnknown,
  valueOf,
  webUrl,
  wholeNumber,
} from '#platform/environment.ts';
import { failureDeclarations } from '#platform/failure-settings.ts';
import { logLevels } from '#platform/log.ts';
import { Problem } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import { describeNumbered, type Numbered, numberedVariables, readNumbered } from './numbered-settings.ts';

const referencePage = 'docs/reference/remote-proxy-configuration.md';

const declarations = {
  serverUrl: declare(
    'COUNTERSIGN_SERVER_URL',
    undefined,
    'Required. The server’s public URL, for example `https://mfa.example.com`. `--server` says the same.',
    webUrl,
  ),
  application: declare(
    'COUNTERSIGN_APPLICATION',
    undefined,
    'Required. Access ID of the application whose users log in here (`countersign applications show`).',
    (value, variable) => {
      const parsed = z.uuid().safeParse(value);
      if (!parsed.success)
        throw new ConfigError(`${variable} must be the access ID of an application, a UUID`);
      return parsed.data.toLowerCase();
    },
  ),
  clientId: declare(
    'COUNTERSIGN_CLIENT_ID',
    undefined,
    'Required. Id of an API client with the scopes `auth_requests` and `remote_proxy`, best bound to the application.',
    (value, variable) => {
      if (!/^[\w-]{1,64}$/.test(value)) throw new ConfigError(`${variable} must be the id of an API client`);
      return value;
    },
  ),
  clientSecret: declare(
    'COUNTERSIGN_CLIENT_SECRET',
    undefined,
    'Required. Its secret; better in a file, by `COUNTERSIGN_CLIENT_SECRET_FILE`.',
    (value) => new Secret(value),
  ),
  serverCaFile: declare(
    'COUNTERSIGN_SERVER_CA_FILE',
    undefined,
    'Certificates in PEM of the authority that signed the server’s certificate; then only this one is trusted. Default: the usual ones.',
    path,
  ),
  allowHttp: declare(
    'COUNTERSIGN_ALLOW_HTTP',
    'no',
    '`yes` speaks http:// to another machine: whoever is on the way then decides who gets in. For tests.',
    oneOf(['yes', 'no']),
  ),
  radiusListen: declare(
    'COUNTERSIGN_RADIUS_LISTEN',
    '0.0.0.0:1812,[::]:1812',
    'Where RADIUS listens. Packets of unknown clients are dropped.',
    listenAddresses,
  ),
  healthListen: declare(
    'COUNTERSIGN_HEALTH_LISTEN',
    '127.0.0.1:8081',
    'Where `/status`, `/health/live`, `/health/ready` and `/metrics` are served without authentication, or `off`.',
    listenAddresses,
  ),
  checkSeconds: declare(
    'COUNTERSIGN_CHECK_SECONDS',
    '10',
    'How often the server is checked, in seconds. After failures less and less often, up to twelve times this.',
    wholeNumber(1, 60),
  ),
  shutdownSeconds: declare(
    'COUNTERSIGN_SHUTDOWN_SECONDS',
    '60',
    'How long pending logins may finish after SIGTERM, in seconds.',
    wholeNumber(0, 600),
  ),
  loginsPerUser: declare(
    'COUNTERSIGN_LOGINS_PER_USER',
    '30',
    'Logins per user name and minute whose first factor passed; more are refused. What strangers try with wrong passwords is not among them.',
    wholeNumber(1, 100_000),
  ),
  loginsPerSource: declare(
    'COUNTERSIGN_LOGINS_PER_SOURCE',
    '60',
    'Logins per source address (Calling-Station-Id) and minute; more are refused.',
    wholeNumber(1, 1_000_000),
  ),
  ...failureDeclarations,
  log: declare(
    'COUNTERSIGN_LOG',
    undefined,
    'File for information, one JSON object a line; opened anew on SIGHUP. Default: standard output.',
    path,
  ),
  errorLog: declare(
    'COUNTERSIGN_ERROR_LOG',
    undefined,
    'File for warnings and errors, in the same form; opened anew on SIGHUP. Default: standard error.',
    path,
  ),
  logLevel: declare(
    'COUNTERSIGN_LOG_LEVEL',
    'info',
    'trace, debug, info, warn, error, fatal or silent.',
    oneOf(logLevels),
  ),
} as const;

/** The RADIUS clients of the site: the fields of the API, and which home servers check their passwords. */
const radiusClients = {
  prefix: 'COUNTERSIGN_RADIUS_CLIENT',
  most: 64,
  schema: NewRadiusClient.pick({
    name: true,
    network: true,
    shared_secret: true,
    message_authenticator: true,
    number_matching: true,
    strip_realm: true,
    append_realm: true,
  })
    .required({ shared_secret: true })
    .extend({
      name: NewRadiusClient.shape.name.describe('Where the user logs in, as shown on the phone.'),
      shared_secret: NewHomeServer.shape.shared_secret.describe('16 to 128 characters; better in a file.'),
      home_servers: z
        .string()
        .default('')
        .describe(
          'Names of home servers that check its passwords, in order, separated by commas. Default: all.',
        ),
    }),
};

const homeServers = {
  prefix: 'COUNTERSIGN_HOME_SERVER',
  most: 8,
  schema: NewHomeServer.extend({
    name: NewHomeServer.shape.name.describe('For logs, and for `…_HOME_SERVERS`.'),
    port: NewHomeServer.shape.port.describe('UDP port.'),
    shared_secret: NewHomeServer.shape.shared_secret.describe('16 to 128 characters; better in a file.'),
  }),
};

type Table = typeof declarations;
type Read<K extends keyof Table> = ReturnType<Table[K]['read']>;
type Optional = 'serverCaFile' | 'log' | 'errorLog';
type Required = 'serverUrl' | 'application' | 'clientId' | 'clientSecret';
type Values = { readonly [K in Exclude<keyof Table, Optional>]: Read<K> } & {
  readonly [K in Optional]: Read<K> | undefined;
};

export interface ProxyConfig extends Values {
  readonly clients: readonly LoadedRadiusClient[];
}

/** @throws ConfigError */
export function readProxyConfig(environment: Environment): ProxyConfig {
  const single = Object.values(declarations).map(({ variable }) => variable);
  const several = [radiusClients, homeServers].flatMap((each) => numberedVariables(each, environment));
  const [values, clients] = readTogether(
    () => readValues(environment),
    () => readClients(environment),
    () => refuseUnknown(environment, [...single, ...several], referencePage),
  );
  return { ...values, clients };
}

function readValues(environment: Environment): Values {
  const required: readonly Required[] = ['serverUrl', 'application', 'clientId', 'clientSecret'];
  const [values] = readTogether(
    // Made from the very table that the type is made from; that the required ones are there is looked at beside.
    () => readDeclarations(declarations, environment) as Values,
    ...required.map((key) => () => refuseMissing(environment, declarations[key].variable)),
  );
  refusePlainHttp(values);
  return values;
}

function refuseMissing(environment: Environment, variable: string): void {
  if (valueOf(environment, variable) === undefined)
    throw new ConfigError(`${variable} is missing; ${referencePage} describes it`);
}

/** Where the proxy tells its status; needs nothing else of the configuration. @throws ConfigError */
export const readHealthListen = (environment: Environment): Values['healthListen'] =>
  (readDeclarations({ healthListen: declarations.healthListen }, environment) as Pick<Values, 'healthListen'>)
    .healthListen;

function refusePlainHttp({ serverUrl, allowHttp }: Values): void {
  if (serverUrl.startsWith('https:') || isLoopback(serverUrl) || allowHttp === 'yes') return;
  throw new ConfigError(
    'COUNTERSIGN_SERVER_URL must begin with https://, or whoever is on the way decides who gets in (COUNTERSIGN_ALLOW_HTTP=yes takes that risk)',
  );
}

type DescribedClient = Numbered<z.output<typeof radiusClients.schema>>;

function readClients(environment: Environment): readonly LoadedRadiusClient[] {
  const [servers, described] = readTogether(
    () => readHomeServers(environment),
    () => readDescribedClients(environment),
  );
  const clients = readTogether(...described.map((each) => () => toClient(each, servers)));
  refuseTwice(
    clients.map(({ network }) => network),
    'RADIUS clients have the network',
  );
  return clients;
}

function readHomeServers(environment: Environment): readonly LoadedHomeServer[] {
  const servers = readNumbered(homeServers, environment).map(toHomeServer);
  if (servers.length === 0)
    throw new ConfigError(
      'A home server is needed: the proxy has no users of its own and checks no passwords itself. Give COUNTERSIGN_HOME_SERVER_1_NAME, _ADDRESS and _SHARED_SECRET',
    );
  refuseTwice(
    servers.map(({ name }) => name),
    'home servers have the name',
  );
  return servers;
}

function readDescribedClients(environment: Environment): readonly DescribedClient[] {
  const clients = readNumbered(radiusClients, environment);
  if (clients.length === 0)
    throw new ConfigError(
      'A RADIUS client is needed. Give COUNTERSIGN_RADIUS_CLIENT_1_NAME, _NETWORK and _SHARED_SECRET',
    );
  refuseTwice(
    clients.map(({ value }) => value.name),
    'RADIUS clients have the name',
  );
  return clients;
}

function refuseTwice(texts: readonly string[], words: string): void {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw new ConfigError(`Two ${words} ${twice}`);
}

const toHomeServer = ({ number, value }: Numbered<z.output<typeof NewHomeServer>>): LoadedHomeServer => ({
  // Stands between spaces in the State of a conversation, so the name will not do.
  id: `home-server-${number}`,
  name: value.name,
  address: value.address,
  port: value.port,
  secret: Buffer.from(value.shared_secret),
  messageAuthenticator: value.message_authenticator,
  timeoutMs: value.timeout_ms,
  tries: value.tries,
  deadSeconds: value.dead_seconds,
});

function toClient(
  { number, value }: DescribedClient,
  servers: readonly LoadedHomeServer[],
): LoadedRadiusClient {
  const variable = `${radiusClients.prefix}_${number}`;
  const network = readNetwork(value.network, `${variable}_NETWORK`);
  const names = value.home_servers.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const chosen = names.map((name) => {
    const server = servers.find((each) => each.name === name);
    if (!server)
      throw new ConfigError(`${variable}_HOME_SERVERS names ${name}, but no home server has this name`);
    return server;
  });
  return {
    // The same at every start and on a second proxy with the same settings: retries are known by it.
    id: JSON.stringify([value.name, network]),
    name: value.name,
    applicationId: '',
    network,
    secret: Buffer.from(value.shared_secret),
    messageAuthenticator: value.message_authenticator,
    numberMatching: value.number_matching,
    stripRealm: value.strip_realm,
    appendRealm: value.append_realm,
    relay: false,
    // Asked of the server at each login.
    applicationEnabled: true,
    authorises: true,
    homeServers: chosen.length === 0 ? servers : chosen,
  };
}

function readNetwork(text: string, variable: string): string {
  try {
    return canonicalNetwork(text);
  } catch (error) {
    if (error instanceof Problem)
      throw new ConfigError(`${variable} ${error.fields[0]?.message ?? 'is no network'}`);
    throw error;
  }
}

/** The reference page (docs/reference/remote-proxy-configuration.md). */
export function describeProxyConfig(): string {
  return [
    '# Configuration of a remote proxy',
    '',
    'Environment variables of `countersign radius`, read once at start. `NAME_FILE` may be given instead of `NAME`: the file then holds the',
    'value. An unknown variable that begins with `COUNTERSIGN_` is an error, so that a slip of the pen does not go unseen.',
    '',
    ...describeDeclarations(Object.values(declarations)),
    '',
    '## RADIUS clients',
    '',
    `Who may ask. At least one; n from 1 to ${radiusClients.most}.`,
    '',
    ...describeDeclarations(describeNumbered(radiusClients)),
    '',
    '## Home servers',
    '',
    `Who checks passwords. At least one; n from 1 to ${homeServers.most}.`,
    '',
    ...describeDeclarations(describeNumbered(homeServers)),
    '',
  ].join('\n');
}
