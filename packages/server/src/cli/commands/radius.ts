// countersign radius: a RADIUS proxy at another site, and what it says about itself.
import { type Command, Option } from 'commander';
import { startProxy } from '#remote-app';
import { type Environment, type ListenAddress, writeAddress } from '#platform/environment.ts';
import { createSplitLog } from '#platform/log-files.ts';
import { readHealthListen, readProxyConfig } from '#remote/proxy-config.ts';
import { type StatusDocument, textOf } from '#remote/health-endpoint.ts';
import { messages } from '#remote/status-message.ts';
import { awaitStop } from '../await-stop.ts';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

export function addRadius(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'radius',
    'A RADIUS proxy at another site, which asks the server over HTTP. `radius --server URL` is `radius run --server URL`.',
    'radius --server https://mfa.example.com',
  );
  addCommand(group, context, {
    usage: 'run',
    summary:
      'Run the proxy: no database, configured by environment variables alone (docs/reference/remote-proxy-configuration.md). Ends on SIGTERM or Ctrl+C; SIGHUP opens the logs anew.',
    examples: ['radius run --server https://mfa.example.com'],
    json: false,
    isDefault: true,
    options: [new Option('--server <url>', 'The server’s public URL. Default: COUNTERSIGN_SERVER_URL.')],
    async run({ values }) {
      const { server } = values;
      await run(
        context.io,
        typeof server === 'string' ? { ...context.io.env, COUNTERSIGN_SERVER_URL: server } : context.io.env,
      );
      return undefined;
    },
  });
  addCommand(group, context, {
    usage: 'status',
    summary: 'Say how the proxy on this machine stands. Exit code 1 unless the status is OK.',
    examples: ['radius status', 'radius status --json'],
    run: () => askStatus(context.io),
  });
}

async function run(io: Io, environment: Environment): Promise<void> {
  const config = readProxyConfig(environment);
  const stop = awaitStop(io);
  try {
    const { log, reopen } = createSplitLog(config.logLevel, config, (message) =>
      io.err(`countersign: ${message}\n`),
    );
    const forgetHangup = io.onHangup(reopen);
    try {
      const proxy = await startProxy(config, log);
      try {
        const { radius, health } = proxy.addresses;
        io.err(
          `Countersign RADIUS proxy is running.\n  RADIUS  ${listed(radius)} (UDP)\n  Status  ${listed(health)}\n  Server  ${config.serverUrl}\n`,
        );
        await stop.asked;
        io.err(
          `Stopping: pending logins may finish, for ${config.shutdownSeconds} seconds at most; a second signal ends at once.\n`,
        );
      } finally {
        await proxy.stop();
        io.err('Stopped.\n');
      }
    } finally {
      forgetHangup();
    }
  } finally {
    stop.forget();
  }
}

const listed = (addresses: readonly ListenAddress[]): string =>
  addresses.length === 0 ? 'off' : addresses.map(writeAddress).join(', ');

const statusTimeoutMs = 3000;

async function askStatus({ env }: Io): Promise<Result> {
  const [address] = readHealthListen(env);
  if (!address) throw new UsageError('The proxy tells no status: COUNTERSIGN_HEALTH_LISTEN is off.');
  const document = await fetchStatus(address);
  if (!document)
    return {
      document: { status: 'not_running', message: messages.notRunning },
      text: `${messages.notRunning}\n`,
      note: `Nothing answers on ${writeAddress(address)} (COUNTERSIGN_HEALTH_LISTEN).`,
      exitCode: exitCodes.failed,
    };
  const exitCode = document.status === 'ok' ? exitCodes.done : exitCodes.failed;
  return { document, text: textOf(document), exitCode };
}

/** An address that listens everywhere is asked on this machine. @returns undefined when nothing, or something else, answers */
async function fetchStatus({ host, port }: ListenAddress): Promise<StatusDocument | undefined> {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  try {
    const response = await fetch(`http://${writeAddress({ host: local, port })}/status`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(statusTimeoutMs),
    });
    const document = (await response.json()) as StatusDocument;
    return typeof document.message === 'string' ? document : undefined;
  } catch {
    return undefined;
  }
}
