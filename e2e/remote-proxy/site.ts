// Another site: a NAS, a FreeRADIUS that knows the passwords, and `countersign radius` as a real process that knows the server's URL only.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedProgram, runProgram, startProgram } from '@countersign/testkit/peers/child-process.ts';
import type { FreeradiusPeer } from '@countersign/testkit/peers/freeradius.ts';
import { freePort, freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import type { RadclientTarget } from '@countersign/testkit/peers/radclient.ts';
import type { Vpn } from '../vpn.ts';

const mainFile = join(import.meta.dirname, '../../packages/server/src/main.ts');

type Environment = Readonly<Record<string, string | undefined>>;

export interface StatusDocument {
  readonly status: string;
  readonly message: string;
  readonly cause: string | null;
  readonly grace: {
    readonly seconds: number;
    readonly open: boolean;
    readonly left_seconds: number;
    readonly accepted: number;
    readonly unreported: number;
  };
}

export interface SiteProxy extends StartedProgram {
  readonly health: string;
  status(): Promise<StatusDocument>;
  /** Waits until the status is this one. */
  untilStatus(status: string): Promise<StatusDocument>;
  metric(name: string): Promise<number>;
}

export interface Site {
  readonly nas: RadclientTarget;
  /** The same, with a number to type. */
  readonly numberNas: RadclientTarget;
  readonly directory: string;
  readonly env: Environment;
  /** Starts the proxy and waits until it listens. */
  start(env?: Environment): Promise<SiteProxy>;
  /** Runs `countersign radius …` to its end. */
  run(args: readonly string[], env?: Environment): ReturnType<typeof runProgram>;
  /** Text of a file in the site's directory. */
  read(name: string): string;
  remove(): void;
}

export interface ApiClient {
  readonly id: string;
  readonly client_secret: string;
}

export const newApiClient = (vpn: Vpn, name: string): Promise<ApiClient> =>
  vpn.installation.json<ApiClient>([
    ...['api-clients', 'create', '--name', name, '--application', vpn.application.id],
    ...['--scope', 'auth_requests', '--scope', 'remote_proxy'],
  ]);

const secret = 'shared-secret-of-the-site';

export async function newSite(
  vpn: Vpn,
  home: FreeradiusPeer,
  { client, serverUrl }: { client: ApiClient; serverUrl: string },
): Promise<Site> {
  const [radiusPort, healthPort] = await Promise.all([freeUdpPort(), freePort()]);
  const directory = mkdtempSync(join(tmpdir(), 'countersign-site-'));
  const env: Environment = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: vpn.installation.env.NODE_COMPILE_CACHE,
    COUNTERSIGN_SERVER_URL: serverUrl,
    COUNTERSIGN_APPLICATION: vpn.application.access_id,
    COUNTERSIGN_CLIENT_ID: client.id,
    COUNTERSIGN_CLIENT_SECRET: client.client_secret,
    COUNTERSIGN_RADIUS_LISTEN: `127.0.0.1:${radiusPort}`,
    COUNTERSIGN_HEALTH_LISTEN: `127.0.0.1:${healthPort}`,
    COUNTERSIGN_CHECK_SECONDS: '1',
    COUNTERSIGN_LOGINS_PER_USER: '10000',
    COUNTERSIGN_LOGINS_PER_SOURCE: '10000',
    COUNTERSIGN_FAILURES_PER_SOURCE: '10000',
    COUNTERSIGN_FAILURES_PER_USER: '10000',
    COUNTERSIGN_FAILURES_PER_USER_AT_SOURCE: '10000',
    COUNTERSIGN_RADIUS_CLIENT_1_NAME: 'branch gateway',
    COUNTERSIGN_RADIUS_CLIENT_1_NETWORK: '127.2.0.1',
    COUNTERSIGN_RADIUS_CLIENT_1_SHARED_SECRET: secret,
    COUNTERSIGN_RADIUS_CLIENT_2_NAME: 'branch desk',
    COUNTERSIGN_RADIUS_CLIENT_2_NETWORK: '127.2.0.2',
    COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET: secret,
    COUNTERSIGN_RADIUS_CLIENT_2_NUMBER_MATCHING: 'yes',
    COUNTERSIGN_HOME_SERVER_1_NAME: 'radius-1',
    COUNTERSIGN_HOME_SERVER_1_ADDRESS: home.address,
    COUNTERSIGN_HOME_SERVER_1_PORT: String(home.port),
    COUNTERSIGN_HOME_SERVER_1_SHARED_SECRET: home.secret,
    // FreeRADIUS 3.2.1 signs only replies to EAP.
    COUNTERSIGN_HOME_SERVER_1_MESSAGE_AUTHENTICATOR: 'auto',
  };
  const nas = (sourceAddress: string): RadclientTarget => ({
    address: '127.0.0.1',
    port: radiusPort,
    secret,
    sourceAddress,
  });
  const health = `http://127.0.0.1:${healthPort}`;
  return {
    nas: nas('127.2.0.1'),
    numberNas: nas('127.2.0.2'),
    directory,
    env,
    start: (more) => startProxy({ ...env, ...more }, health),
    run: (args, more) =>
      runProgram([process.execPath, mainFile, 'radius', ...args], { env: { ...env, ...more } }),
    read: (name) => readFileSync(join(directory, name), 'utf8'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function startProxy(env: Environment, health: string): Promise<SiteProxy> {
  const program = await startProgram([process.execPath, mainFile, 'radius'], { env });
  await program.until('the proxy runs', () => program.stderr().includes('proxy is running') || undefined);
  const status = async (): Promise<StatusDocument> => {
    const response = await fetch(`${health}/status`, { headers: { accept: 'application/json' } });
    return (await response.json()) as StatusDocument;
  };
  return {
    ...program,
    health,
    status,
    untilStatus: (wanted) =>
      program.until(`its status is ${wanted}`, async () => {
        const now = await status();
        return now.status === wanted ? now : undefined;
      }),
    async metric(name) {
      const text = await (await fetch(`${health}/metrics`)).text();
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
  };
}
