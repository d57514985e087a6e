// The product, as an administrator runs it: one installation with an application, a gateway and a home server, pinned to its core.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newInstallation, type ServerInstallation } from '@countersign/testkit/peers/server-process.ts';
import type { Target } from './freeradius.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';

const serverRoot = join(import.meta.dirname, '../../packages/server');
const mainFile = join(serverRoot, 'src/main.ts');

/** Both as `npm start` has them. */
const nodeFlags = ['--max-semi-space-size=8'];
const memory = { MALLOC_ARENA_MAX: '1' };

export interface CountersignOptions {
  readonly name: string;
  /** Anywhere when undefined. */
  readonly core: number | undefined;
  /** SQLite in the data directory when absent. */
  readonly databaseUrl?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Asked by the gateway; without one the server checks passwords itself. */
  readonly homeServer?: { readonly port: number; readonly secret: string } | undefined;
  /** More options of `applications create` and `radius-clients create`. */
  readonly application?: readonly string[];
  readonly gateway?: readonly string[];
  /** A file that its CPU profile goes to, between two signals SIGUSR2. */
  readonly profileFile?: string | undefined;
}

export interface Countersign extends Target {
  readonly installation: ServerInstallation;
  readonly applicationId: string;
  readonly process: () => MeasuredProcess;
  /** Stops the server, does something with its data, and starts it again. */
  whileStopped(action: () => Promise<void>): Promise<void>;
}

/** A bench asks one server more in a second than people do in a day: the limits per user and source are as high as they go. */
const roomForLoad = {
  // A service account has none, and its memory is what is asked for.
  NODE_DISABLE_COMPILE_CACHE: '1',
  COUNTERSIGN_LOGINS_PER_USER: '100000',
  COUNTERSIGN_LOGINS_PER_SOURCE: '1000000',
  COUNTERSIGN_LOGINS_PER_APPLICATION: '10000000',
  COUNTERSIGN_REQUESTS_PER_USER: '1000',
  COUNTERSIGN_SHUTDOWN_SECONDS: '1',
};

export async function startCountersign(options: CountersignOptions): Promise<Countersign> {
  const installation = await newInstallation({
    databaseUrl: options.databaseUrl,
    env: { ...roomForLoad, ...options.env },
  });
  let server = await serve(installation, options);
  const { applicationId, secret } = await configure(installation, options);
  return {
    name: options.name,
    port: installation.radiusPort,
    secret,
    installation,
    applicationId,
    process: () => server,
    async whileStopped(action) {
      await server.stop();
      await action();
      server = await serve(installation, options);
    },
    async stop() {
      await server.stop();
      installation.remove();
    },
  };
}

async function serve(
  installation: ServerInstallation,
  { core, profileFile }: CountersignOptions,
): Promise<MeasuredProcess> {
  const server = await startMeasured([process.execPath, ...nodeFlags, mainFile, 'serve'], {
    core,
    outputFile: join(installation.dataDirectory, '..', 'output.txt'),
    env: { ...installation.env, ...memory, ...(profileFile !== undefined && profiling(profileFile)) },
  });
  await server.until(async () => {
    const answer = await fetch(`${installation.url}/health/ready`).catch(() => undefined);
    return answer?.ok === true;
  });
  return server;
}

const profiling = (file: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../profile/profile-on-signal.ts')).href}`,
  BENCH_PROFILE_FILE: file,
});

async function configure(
  { json }: ServerInstallation,
  { homeServer, application = [], gateway = [] }: CountersignOptions,
): Promise<{ applicationId: string; secret: string }> {
  const { id } = await json<{ id: string }>(['applications', 'create', '--name', 'VPN', ...application]);
  if (homeServer) {
    const place = ['--address', '127.0.0.1', '--port', String(homeServer.port)];
    await json(['home-servers', 'create', '--name', 'home', ...place, '--shared-secret-env', 'SECRET'], {
      env: { SECRET: homeServer.secret },
    });
  }
  const asks = homeServer ? ['--home-server', 'home'] : [];
  const network = ['--network', '127.0.0.0/8'];
  const created = await json<{ shared_secret: string }>([
    ...['radius-clients', 'create', '--name', 'gateway', '--application', id, ...network, ...asks],
    ...gateway,
  ]);
  // A server reads its RADIUS clients anew within a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return { applicationId: id, secret: created.shared_secret };
}
