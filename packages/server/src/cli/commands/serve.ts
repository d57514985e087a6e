// countersign serve: runs the server until a signal. Logs go to standard output, words for a person to standard error.
import type { Command } from 'commander';
import { type App, lockDataDirectory, openApp } from '#app';
import { listAdministrators } from '#core/administrators/get-administrator.ts';
import { readConfig } from '#platform/config.ts';
import { writeAddress } from '#platform/environment.ts';
import { createLog } from '#platform/log.ts';
import { awaitStop } from '../await-stop.ts';
import { addCommand } from '../command.ts';
import type { Context, Served } from '../context.ts';
import type { Io } from '../io.ts';
import { readableLog } from '../output/readable-log.ts';
import { linkOf } from '#core/administrators/setup-link.ts';

export function addServe(parent: Command, context: Context): void {
  addCommand(parent, context, {
    usage: 'serve',
    summary: 'Run the server: RADIUS, HTTP API and device protocol. Ends on SIGTERM or Ctrl+C.',
    examples: ['serve', 'serve > countersign.log'],
    json: false,
    async run() {
      await serve(context);
      return undefined;
    },
  });
}

async function serve({ io, startServer }: Context): Promise<void> {
  const config = readConfig(io.env);
  const unlock = lockDataDirectory(config);
  const stop = awaitStop(io);
  try {
    const destination = io.log ?? (io.isTTY.out ? readableLog(io.out) : undefined);
    const app = await openApp(config, createLog(config.logLevel, destination));
    const served = await startServer(app);
    try {
      io.err(await welcome(app, served, howToCall(io)));
      await stop.asked;
      io.err(
        `Stopping: pending logins may finish, for ${config.shutdownSeconds} seconds at most; a second signal ends at once.\n`,
      );
    } finally {
      await served.stop();
      io.err('Stopped.\n');
    }
  } finally {
    unlock();
    stop.forget();
  }
}

/** After `npm start` in a clone the command is reached through npm. */
const howToCall = ({ env }: Io): string =>
  env.npm_lifecycle_event === undefined ? 'countersign' : 'npx countersign';

async function welcome(app: App, { addresses }: Served, program: string): Promise<string> {
  const { config } = app;
  const scheme = config.tlsCertificateFile === undefined ? 'http' : 'https';
  const database = config.databaseUrl === undefined ? `SQLite in ${config.dataDirectory}` : 'PostgreSQL';
  const lines = [
    '',
    'Countersign is running.',
    '',
    `  HTTP      ${listed(addresses.http.map((address) => `${scheme}://${writeAddress(address)}`))}`,
    `  RADIUS    ${listed(addresses.radius.map((address) => `${writeAddress(address)} (UDP)`))}`,
    `  Public    ${app.publicUrl}`,
    `  Database  ${database}`,
    `  Key       ${config.masterKeyFile} (keep a copy elsewhere: without it the database is of no use)`,
    '',
    ...(await nextSteps(app, program)),
    'Stop with Ctrl+C.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

const listed = (addresses: readonly string[]): string =>
  addresses.length === 0 ? 'off' : addresses.join(', ');

async function nextSteps(app: App, program: string): Promise<readonly string[]> {
  if (app.setupToken !== undefined)
    return [
      'First start. This setup link makes you the first administrator; it works once, for 24 hours:',
      '',
      `  ${linkOf(app.publicUrl, 'setup', app.setupToken)}`,
      '',
      'Or set up at the command line, beginning with:',
      '',
      `  ${program} applications create --name VPN`,
      '',
    ];
  const administrators = await listAdministrators(app, { limit: 1 });
  if (administrators.items.length > 0) return [];
  return [`There is no administrator yet: ${program} setup-link makes a link for the first one.`, ''];
}
