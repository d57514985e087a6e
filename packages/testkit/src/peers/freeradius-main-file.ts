// radiusd.conf of a FreeRADIUS 3.2 that needs nothing of the machine's: the one text that home server, proxy and benchmark share, with
// what tells them apart as arguments. Unlang wants `{` at the end of a line and `}` on its own.

export interface Threads {
  readonly start: number;
  readonly max: number;
  readonly minSpare: number;
  readonly maxSpare: number;
}

/** Enough for a peer of tests, on a machine that does something else at the same time. */
export const fewThreads: Threads = { start: 2, max: 8, minSpare: 1, maxSpare: 4 };

/** Debian's. */
export const usualThreads: Threads = { start: 5, max: 32, minSpare: 3, maxSpare: 10 };

export interface MainFile {
  readonly directory: string;
  readonly listen: {
    readonly address: string;
    readonly port: number;
    /** Where it also takes accounting. */
    readonly accountingPort?: number | undefined;
  };
  readonly callers: Callers;
  readonly threads: Threads;
  /** Whether each login is a line on standard output. */
  readonly logsLogins: boolean;
  /** A request is forgotten after so long; longer than a person may take, where one is asked behind it. */
  readonly requestSeconds?: number;
  /** Sends requests on there; the sections say which ones. */
  readonly passesOnTo?: HomeServer | undefined;
  /** What stands in `modules { … }`, indented by two. */
  readonly modules: string;
  /** The sections of the virtual server, indented by two. */
  readonly sections: string;
}

export interface Callers {
  /** Address or network of those who may ask. */
  readonly network: string;
  readonly secret: string;
  /** FreeRADIUS' own default when absent. */
  readonly requireMessageAuthenticator?: boolean;
}

export interface HomeServer {
  /** Of the realm; also in `Proxy-To-Realm`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  readonly sourceAddress?: string;
  readonly responseSeconds: number;
  readonly statusCheck: 'none' | 'status-server';
  readonly maxOutstanding?: number;
}

export const freeradiusMainFile = (file: MainFile): string =>
  [
    basics(file),
    threadPool(file.threads),
    callers(file.callers),
    ...(file.passesOnTo ? [homeServer(file.passesOnTo)] : []),
    `modules {\n${block(file.modules)}}\ninstantiate {\n}`,
    `server default {\n${listeners(file.listen)}\n${block(file.sections)}}`,
    '',
  ].join('\n');

const block = (text: string): string => (text.trim() === '' ? '' : `${text.replace(/\n+$/, '')}\n`);

/** The limits are Debian's; the log goes to standard output, and refusals are not held back. */
const basics = ({
  directory,
  logsLogins,
  requestSeconds = 30,
  passesOnTo,
}: MainFile): string => `prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${directory}
confdir = ${directory}
run_dir = ${directory}
db_dir = ${directory}
logdir = ${directory}
radacctdir = ${directory}
name = freeradius
max_request_time = ${requestSeconds}
cleanup_delay = 5
max_requests = 16384
hostname_lookups = no
proxy_requests = ${yesNo(passesOnTo !== undefined)}
log {
  destination = stdout
  auth = ${yesNo(logsLogins)}
  auth_badpass = no
  auth_goodpass = no
}
security {
  allow_core_dumps = no
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}`;

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

const threadPool = ({ start, max, minSpare, maxSpare }: Threads): string => `thread pool {
  start_servers = ${start}
  max_servers = ${max}
  min_spare_servers = ${minSpare}
  max_spare_servers = ${maxSpare}
  max_requests_per_server = 0
  auto_limit_acct = no
}`;

const ipWord = (address: string): string => (address.includes(':') ? 'ipv6addr' : 'ipaddr');

const callers = ({ network, secret, requireMessageAuthenticator: required }: Callers): string =>
  [
    'client callers {',
    `  ${ipWord(network)} = ${network}`,
    `  secret = "${secret}"`,
    ...(required === undefined ? [] : [`  require_message_authenticator = ${yesNo(required)}`]),
    '}',
  ].join('\n');

const homeServer = (server: HomeServer): string => `proxy server {
  default_fallback = no
}
home_server ${server.name} {
${[
  'type = auth',
  `${ipWord(server.address)} = ${server.address}`,
  `port = ${server.port}`,
  `secret = "${server.secret}"`,
  ...(server.sourceAddress === undefined ? [] : [`src_ipaddr = ${server.sourceAddress}`]),
  `response_window = ${server.responseSeconds}`,
  'zombie_period = 40',
  'revive_interval = 120',
  `status_check = ${server.statusCheck}`,
  ...(server.maxOutstanding === undefined ? [] : [`max_outstanding = ${server.maxOutstanding}`]),
]
  .map((line) => `  ${line}`)
  .join('\n')}
}
home_server_pool ${server.name} {
  type = fail-over
  home_server = ${server.name}
}
realm ${server.name} {
  auth_pool = ${server.name}
  nostrip
}`;

const listeners = ({ address, port, accountingPort }: MainFile['listen']): string =>
  [
    listener('auth', address, port),
    ...(accountingPort === undefined ? [] : [listener('acct', address, accountingPort)]),
  ].join('\n');

const listener = (type: 'auth' | 'acct', address: string, port: number): string => `  listen {
    type = ${type}
    ${ipWord(address)} = ${address}
    port = ${port}
  }`;
