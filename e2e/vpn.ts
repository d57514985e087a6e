// A VPN protected by Countersign, as an administrator sets it up: everything made with the command line, phones bound by link.
import { randomBytes } from 'node:crypto';
import type {
  ActivityWithSteps,
  Application,
  AuthRequest,
  Device,
  User,
} from '@countersign/contract/models.ts';
import { Code } from '@countersign/radius';
import type { FreeradiusPeer } from '@countersign/testkit/peers/freeradius.ts';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import type { RadclientTarget } from '@countersign/testkit/peers/radclient.ts';
import {
  type InstallationOptions,
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import type { PendingChallenge } from '@countersign/testkit/soft-authenticator/challenge.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';

export interface VpnUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

/** A RADIUS client, and from where and with what it speaks. */
export interface Gateway extends RadclientTarget {
  readonly id: string;
  readonly name: string;
}

export interface GatewayOptions {
  readonly name?: string;
  readonly network?: string;
  readonly sourceAddress?: string;
  readonly application?: string;
  /** More options of `radius-client create`. */
  readonly options?: readonly string[];
}

export interface UserOptions {
  readonly username?: string;
  readonly application?: string;
  /** More options of `user create`. */
  readonly options?: readonly string[];
}

export interface Vpn {
  readonly installation: ServerInstallation;
  readonly application: Application;
  /** The running server; another one after `restarted`. */
  server(): ServerProcess;
  restarted(server: ServerProcess): void;
  addApplication(name: string, options?: readonly string[]): Promise<Application>;
  /** Waits until the server knows it. Without a network each gets a loopback address of its own. */
  addGateway(options?: GatewayOptions): Promise<Gateway>;
  /** To be named by `--home-server` of a gateway. */
  addHomeServer(
    name: string,
    server: Pick<FreeradiusPeer, 'address' | 'port' | 'secret'>,
    options?: readonly string[],
  ): Promise<{ readonly id: string }>;
  /** With a name and a password of their own. */
  addUser(options?: UserOptions): Promise<VpnUser>;
  onboardingLink(user: VpnUser): Promise<string>;
  addPhone(user: VpnUser): Promise<SoftAuthenticator>;
  addUserWithPhone(options?: UserOptions): Promise<{ user: VpnUser; phone: SoftAuthenticator }>;
  devicesOf(user: VpnUser): Promise<readonly Device[]>;
  /** One auth request as `activity show` tells it. */
  activity(requestId: string): Promise<ActivityWithSteps>;
  /** The newest auth request of a user name. */
  lastActivity(username: string): Promise<ActivityWithSteps>;
  /** Value of a counter or gauge; 0 when it never counted. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  stop(): Promise<void>;
}

/** Limits that many tests from one address, or on a machine that is busy with something else, would run into. */
export const roomForTests = {
  COUNTERSIGN_LOGINS_PER_USER: '10000',
  COUNTERSIGN_LOGINS_PER_SOURCE: '10000',
  COUNTERSIGN_FAILURES_PER_SOURCE: '10000',
  COUNTERSIGN_FAILURES_PER_USER: '10000',
  COUNTERSIGN_FAILURES_PER_USER_AT_SOURCE: '10000',
  COUNTERSIGN_REQUESTS_PER_USER: '1000',
  COUNTERSIGN_OVERLOAD_DELAY_MS: '60000',
};

export async function deployVpn(options: InstallationOptions = {}): Promise<Vpn> {
  const installation = await newInstallation({ ...options, env: { ...roomForTests, ...options.env } });
  let server = await installation.start();
  const { json } = installation;
  const addApplication = (name: string, more: readonly string[] = []) =>
    json<Application>(['applications', 'create', '--name', name, ...more]);
  const application = await addApplication('VPN');
  let counter = 0;
  const vpn: Vpn = {
    installation,
    application,
    server: () => server,
    restarted: (next) => {
      server = next;
    },
    addApplication,
    async addGateway(gateway = {}) {
      counter += 1;
      const number = counter;
      const { name = `gateway-${number}`, sourceAddress = `127.1.${number}.1`, options: more = [] } = gateway;
      const network = gateway.network ?? sourceAddress;
      const owner = gateway.application ?? application.id;
      const created = await json<{ id: string; shared_secret: string }>([
        ...['radius-clients', 'create', '--name', name, '--application', owner, '--network', network],
        ...more,
      ]);
      const address = sourceAddress.includes(':') ? '::1' : '127.0.0.1';
      const target = { address, port: installation.radiusPort, secret: created.shared_secret, sourceAddress };
      await untilKnown(target);
      return { ...target, id: created.id, name };
    },
    addHomeServer: (name, { address, port, secret }, more = []) =>
      json(
        [
          ...['home-servers', 'create', '--name', name, '--address', address, '--port', String(port)],
          // FreeRADIUS 3.2.1 signs only replies to EAP.
          ...['--message-authenticator', 'auto', '--shared-secret-env', 'SECRET', ...more],
        ],
        { env: { SECRET: secret } },
      ),
    async addUser({ username, application: owner = application.id, options: more = [] } = {}) {
      counter += 1;
      const name = username ?? `user-${counter}`;
      const password = `pw-${randomBytes(9).toString('base64url')}`;
      const { id } = await json<User>(
        [
          'users',
          'create',
          '--application',
          owner,
          '--username',
          name,
          '--password-env',
          'PASSWORD',
          ...more,
        ],
        { env: { PASSWORD: password } },
      );
      return { id, username: name, password };
    },
    async onboardingLink({ id }) {
      const { link } = await json<{ link: string }>(['onboarding-links', 'create', id]);
      return link;
    },
    async addPhone(user) {
      const phone = await SoftAuthenticator.create({ name: `Phone of ${user.username}` });
      await phone.onboard(await vpn.onboardingLink(user));
      return phone;
    },
    async addUserWithPhone(user) {
      const added = await vpn.addUser(user);
      return { user: added, phone: await vpn.addPhone(added) };
    },
    devicesOf: async ({ id }) =>
      (await json<{ items: readonly Device[] }>(['devices', 'list', '--user', id])).items,
    activity: (requestId) => json<ActivityWithSteps>(['activity', 'show', requestId]),
    async lastActivity(username) {
      const { items } = await json<{ items: readonly AuthRequest[] }>([
        'activity',
        'list',
        '--limit',
        '1000',
      ]);
      const newest = items.find((each) => each.username === username);
      if (!newest) throw new Error(`nothing in the activity about ${username}`);
      return vpn.activity(newest.id);
    },
    async metric(name, labels = {}) {
      const response = await fetch(`${installation.url}/metrics`);
      return readMetric(await response.text(), name, labels);
    },
    async stop() {
      await server.terminate();
      installation.remove();
    },
  };
  return vpn;
}

/** A server reads its RADIUS clients anew within a second or so: asks Status-Server until it is answered. */
export async function untilKnown(target: RadclientTarget): Promise<void> {
  const nas = await openNas(target);
  try {
    for (let tries = 0; tries < 600; tries += 1) {
      const reply = await nas.exchange(nas.prepare({ code: Code.StatusServer }), 100);
      if (reply?.code === Code.AccessAccept) return;
    }
    throw new Error(`the server does not know the RADIUS client at ${target.sourceAddress}`);
  } finally {
    await nas.close();
  }
}

function readMetric(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((each) => line.includes(each)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** An access token of a new API client with one scope. */
export async function apiToken({ installation }: Vpn, scope: string): Promise<string> {
  const name = `caller-${randomBytes(3).toString('hex')}`;
  const client = await installation.json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', name, '--scope', scope],
  ]);
  const granted = await fetch(`${installation.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await granted.json()) as { access_token: string }).access_token;
}

/** Waits for the request on a phone. */
export async function requestOn(phone: SoftAuthenticator): Promise<PendingChallenge> {
  // As long as one call may wait.
  const [request] = await phone.pending({ wait: 30 });
  if (!request) throw new Error('no request came to the phone');
  return request;
}

/** Text of octets that radclient printed. */
export const textOf = (hex: string | undefined): string =>
  Buffer.from((hex ?? '').replace(/^0x/, ''), 'hex').toString();
