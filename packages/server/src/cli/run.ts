// Runs one command line to its exit code. Nothing that is thrown leaves here: each error becomes a sentence for a person.
import { CommanderError } from 'commander';
import { systemClock } from '#platform/clock.ts';
import type { Context, StartServer } from './context.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { explainError } from './explain-error.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/** @param argv without the program's name. */
export async function runCli(argv: readonly string[], io: Io, startServer: StartServer): Promise<ExitCode> {
  const context: Context = {
    io,
    clock: systemClock,
    startServer,
    exitCode: exitCodes.done,
    optionOf: (field) => field,
  };
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    return fail(context, error, argv.includes('--json'));
  }
}

function fail({ io, optionOf }: Context, error: unknown, json: boolean): ExitCode {
  // No command was named: commander has printed the help already.
  if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
  const { code, message, exitCode } = explainError(error, optionOf);
  io.err(`countersign: ${message}\n`);
  if (json) io.out(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
  if (code === 'defect' && isDebugging(io) && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
  return exitCode;
}

const isDebugging = ({ env }: Io): boolean =>
  env.COUNTERSIGN_LOG_LEVEL === 'debug' || env.COUNTERSIGN_LOG_LEVEL === 'trace';
