// What every command is built with, and what it leaves behind for the end of the run.
import type { App } from '#app';
import type { Clock } from '#platform/clock.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';

/** The part of the server that `serve` needs. */
export interface Served {
  readonly addresses: { readonly http: readonly Address[]; readonly radius: readonly Address[] };
  stop(): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Closes the app when it cannot start and when it is stopped. */
export type StartServer = (app: App) => Promise<Served>;

export interface Context {
  readonly io: Io;
  readonly clock: Clock;
  readonly startServer: StartServer;
  /** How the command that ran ended. */
  exitCode: ExitCode;
  /** Name of the option by which the running command takes a field of the contract. */
  optionOf: (field: string) => string;
}
