// Opens the installation for one command and closes it again, so that the process ends. Works beside a running server and without one.
import { existsSync } from 'node:fs';
import { type App, databaseFile, openApp } from '#app';
import { type Config, readConfig } from '#platform/config.ts';
import { hasMasterKey, StartError } from '#platform/data-directory.ts';
import { createLog, type Log } from '#platform/log.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';

/** Whoever has a shell and may read the master key. */
export const consoleActor: Actor = { kind: 'console' };

/** The console sees every application. */
export const everything = null;

/** @throws ConfigError, StartError, NewerSchemaError, Unavailable, and what `work` throws */
export async function withApp<T>({ io }: Context, work: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig(io.env);
  refuseWithoutInstallation(config);
  const app = await openApp(config, commandLog(io, config));
  try {
    if (app.setupToken !== undefined)
      io.err(
        `A new installation was made in ${config.dataDirectory}; its master key is ${config.masterKeyFile}.\n`,
      );
    return await work(app);
  } finally {
    await app.close();
  }
}

/** A command in the wrong directory would otherwise make an empty installation there and find nothing in it. */
export function refuseWithoutInstallation(config: Config): void {
  if (config.databaseUrl !== undefined || hasMasterKey(config.masterKeyFile)) return;
  if (existsSync(databaseFile(config))) return;
  throw new StartError(
    `There is no installation in ${config.dataDirectory}. Start the server once (countersign serve), or say with COUNTERSIGN_DATA_DIR where it is.`,
  );
}

/** Commands answer with results and sentences; the log is for whoever asks for it, and never on standard output. */
export const commandLog = (io: Io, { logLevel }: Config): Log =>
  createLog(io.env.COUNTERSIGN_LOG_LEVEL === undefined ? 'silent' : logLevel, { write: io.err });
