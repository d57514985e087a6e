// Every error as a person sees it: clear sentences and an exit code. What is not in here is a defect.
import { CommanderError } from 'commander';
import { problemKinds } from '@countersign/contract/problems.ts';
import { BackupError } from '#core/backups/backup-format.ts';
import { NewerSchemaError } from '#db/migrate.ts';
import { ConfigError } from '#platform/environment.ts';
import { StartError } from '#platform/data-directory.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import { VaultError } from '#platform/vault.ts';
import { CommandFailed, type ExitCode, exitCodes, UsageError } from './exit.ts';

export interface Explanation {
  /** Stable, for scripts. */
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** @param optionOf name of the option by which a field of the contract is given. */
export function explainError(error: unknown, optionOf: (field: string) => string): Explanation {
  if (error instanceof CommanderError) return explainUsage(error);
  if (error instanceof Problem) return explainProblem(error, optionOf);
  if (error instanceof UsageError) return explanation('usage', error.message, exitCodes.usage);
  if (error instanceof CommandFailed) return explanation('failed', error.message, exitCodes.failed);
  if (error instanceof BackupError) return explanation('backup', error.message, exitCodes.failed);
  if (error instanceof ConfigError) return explanation('configuration', error.message, exitCodes.cannotStart);
  if (error instanceof StartError) return explanation('cannot_start', error.message, exitCodes.cannotStart);
  if (error instanceof NewerSchemaError)
    return explanation('newer_schema', error.message, exitCodes.cannotStart);
  if (error instanceof Unavailable) return explainUnavailable(error);
  if (error instanceof VaultError)
    return explanation(
      'key',
      `A secret in the database cannot be opened: ${error.message}. Is it the right master key?`,
      exitCodes.cannotStart,
    );
  return explainSystem(error) ?? explainDefect(error);
}

const explanation = (code: string, message: string, exitCode: ExitCode): Explanation => ({
  code,
  message: asSentence(message),
  exitCode,
});

/** Capital first, full stop last; but none after a command that is there to be copied. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  const whole = /[.!?]$|\bRun: \S.*$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}

function explainUsage(error: CommanderError): Explanation {
  const [first = '', ...rest] = withoutValues(error)
    .replace(/^error: /, '')
    .split('\n');
  return { code: 'usage', message: [asSentence(first), ...rest].join(' '), exitCode: exitCodes.usage };
}

/** What was typed in the wrong place may be a secret: it is not repeated. */
function withoutValues({ code, message }: CommanderError): string {
  if (code === 'commander.excessArguments') return message.replace(/(but got \d+):.*$/s, '$1.');
  if (code === 'commander.unknownOption') return message.replace(/(unknown option '[^=']*)=[^\n]*'/, "$1'");
  return message;
}

function explainProblem(problem: Problem, optionOf: (field: string) => string): Explanation {
  const { code, detail, fields } = problem;
  if (fields.length > 0 && (code === 'invalid_request' || code === 'password_too_weak')) {
    const message = fields.map((each) => `${optionOf(each.field)} ${each.message}.`).join(' ');
    return { code, message, exitCode: exitCodes.usage };
  }
  const { title, description } = problemKinds[code];
  // The console sees everything, so here the code says less than to others.
  if (code === 'not_found') return explanation(code, detail ?? 'Nothing has this id', exitCodes.failed);
  const [first, second] = [asSentence(title), asSentence(detail ?? description)];
  return explanation(code, `${first} ${second}`, exitCodes.failed);
}

function explainUnavailable(error: Unavailable): Explanation {
  // SQLite answers always: what it says is about the disk, and what to look at is known.
  const system = systemErrorIn(error.cause);
  if (system?.code.startsWith('SQLITE_')) return explainSqlite(system);
  const cause = error.cause instanceof Error ? describe(error.cause) : String(error.cause);
  if (error.dependency !== 'database')
    return explanation('unavailable', `${error.dependency} is not available: ${cause}`, exitCodes.failed);
  return explanation('database', `The database does not answer: ${cause}`, exitCodes.cannotStart);
}

/** An AggregateError (every address of a host refused) says nothing itself. */
function describe(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return error.message === '' && first instanceof Error ? first.message : error.message;
}

interface SystemError {
  readonly message: string;
  readonly code: string;
  readonly syscall?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

const explainSqlite = ({ message, code }: SystemError): Explanation =>
  explanation(
    'database',
    `The database cannot be used: ${message} (${code}). Check the data directory, its owner and free disk space.`,
    exitCodes.cannotStart,
  );

function explainSystem(error: unknown): Explanation | undefined {
  const found = systemErrorIn(error);
  if (!found) return undefined;
  const { code, message } = found;
  if (found.port !== undefined) return explanation('address', explainListen(found), exitCodes.cannotStart);
  if (code.startsWith('SQLITE_')) return explainSqlite(found);
  // SQLSTATE (PostgreSQL appendix A): the server answered and refused.
  if (/^[0-9A-Z]{5}$/.test(code))
    return explanation(
      'database',
      `PostgreSQL refused: ${message} (${code}). Check DATABASE_URL.`,
      exitCodes.cannotStart,
    );
  return explanation('system', `The system refused: ${message}`, exitCodes.cannotStart);
}

/** The error itself or what caused it, if it came from the operating system or a database. */
function systemErrorIn(error: unknown): SystemError | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_'))
    return error as SystemError;
  return systemErrorIn(error.cause);
}

function explainListen({ code, syscall, address, port, message }: SystemError): string {
  const udp = syscall === 'bind';
  const variable = udp ? 'COUNTERSIGN_RADIUS_LISTEN' : 'COUNTERSIGN_HTTP_LISTEN';
  const where = `${String(address)} port ${String(port)} (${udp ? 'UDP' : 'TCP'})`;
  const choose = `or choose another address with ${variable}`;
  if (code === 'EADDRINUSE')
    return `Cannot listen on ${where}: another program uses it (perhaps Countersign is already running). Stop that program, ${choose}.`;
  if (code === 'EACCES')
    return `Cannot listen on ${where}: ports below 1024 need a right that this account lacks. Grant it, ${choose}.`;
  if (code === 'EADDRNOTAVAIL')
    return `Cannot listen on ${where}: this machine has no such address. Correct it in ${variable}.`;
  return `Cannot use ${where}: ${message}`;
}

function explainDefect(error: unknown): Explanation {
  const message = error instanceof Error ? error.message : String(error);
  return explanation(
    'defect',
    `Something went wrong that should not: ${message}. Please report it; COUNTERSIGN_LOG_LEVEL=debug shows where it happened`,
    exitCodes.failed,
  );
}
