// Two nodes on one PostgreSQL as an administrator sets them up: the same master key, the same public URL, names of their own.
import { join } from 'node:path';
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import type { NasTarget } from '@countersign/testkit/peers/nas.ts';
import { fleetEnvironment } from './fleet.ts';
import { deployVpn, type Gateway, type GatewayOptions, roomForTests, untilKnown, type Vpn } from './vpn.ts';

export interface Node {
  readonly installation: ServerInstallation;
  /** The running process; undefined while it is down. */
  server: ServerProcess | undefined;
  start(): Promise<void>;
  /** SIGTERM, and waits. @returns the exit code */
  terminate(): Promise<number | NodeJS.Signals>;
  kill(): Promise<void>;
  /** Where a gateway reaches this node. */
  target(gateway: Gateway): NasTarget;
}

export interface TwoNodes {
  readonly vpn: Vpn;
  readonly a: Node;
  readonly b: Node;
  /** What stands before both: sends a call to a node that lives, and to the other when it does not answer. */
  readonly balancer: typeof fetch;
  /** Both nodes know it when this resolves. */
  addGateway(options?: GatewayOptions): Promise<Gateway>;
  stop(): Promise<void>;
}

export async function deployTwoNodes(
  databaseUrl: string | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<TwoNodes> {
  // Logins that nobody answers must not hold up the end of a test.
  const common = { ...fleetEnvironment, COUNTERSIGN_SHUTDOWN_SECONDS: '3', ...env };
  const vpn = await deployVpn({ databaseUrl, env: { ...common, COUNTERSIGN_NODE: 'a' } });
  const second = await newInstallation({
    databaseUrl,
    env: {
      ...roomForTests,
      ...common,
      COUNTERSIGN_NODE: 'b',
      COUNTERSIGN_MASTER_KEY_FILE: join(vpn.installation.dataDirectory, 'master.key'),
      COUNTERSIGN_PUBLIC_URL: vpn.installation.url,
    },
  });
  const a = node(vpn.installation, vpn.server(), (server) => vpn.restarted(server));
  const b = node(second, undefined);
  await b.start();
  return {
    vpn,
    a,
    b,
    balancer: balance([a, b]),
    async addGateway(options) {
      const gateway = await vpn.addGateway(options);
      await untilKnown(b.target(gateway));
      return gateway;
    },
    async stop() {
      await Promise.all([a.terminate(), b.terminate()]);
      second.remove();
      vpn.installation.remove();
    },
  };
}

function node(
  installation: ServerInstallation,
  running: ServerProcess | undefined,
  restarted: (server: ServerProcess) => void = () => undefined,
): Node {
  return {
    installation,
    server: running,
    async start() {
      if (this.server) throw new Error('this node runs already');
      this.server = await installation.start();
      restarted(this.server);
    },
    async terminate() {
      const code = (await this.server?.terminate()) ?? 0;
      this.server = undefined;
      return code;
    },
    async kill() {
      await this.server?.kill();
      this.server = undefined;
    },
    target: ({ address, secret, sourceAddress }) => ({
      ...{ address, secret, sourceAddress },
      port: installation.radiusPort,
    }),
  };
}

/** A call that could not even be made goes to the other node; one that broke off is the caller's business, as its proof may be used up. */
function balance(nodes: readonly Node[]): typeof fetch {
  let turn = 0;
  return async (input, init) => {
    turn += 1;
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const order = nodes.map((_, index) => nodes[(index + turn) % nodes.length]);
    for (const each of order) {
      if (each?.server === undefined) continue;
      try {
        return await fetch(`${each.installation.url}${pathname}${search}`, init);
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
    }
    throw new TypeError('no node takes calls');
  };
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && String((error.cause as { code?: unknown })?.code) === 'ECONNREFUSED';
