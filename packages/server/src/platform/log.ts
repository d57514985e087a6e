// Logs for operators: one JSON object a line on standard output. What could be a secret is cut out by name, in depth.
import { destination as openDestination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';

export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames: ReadonlySet<string> = new Set([
  'password',
  'secret',
  'shared_secret',
  'client_secret',
  'token',
  'access_token',
  'ticket',
  'link',
  'authorization',
  'dpop',
  'DPoP',
  'cookie',
  'number',
  'answer',
  'state',
  'master_key',
]);
const censored = '[redacted]';
/** What lies deeper is not told at all. */
const maxDepth = 4;

/** Lines are gathered and written together: under load a write for each would cost more than the line. */
const buffer = { characters: 8192, ms: 100 };

export function createLog(level: LogLevel, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    // Errors are told below, where their secrets are cut out.
    serializers: { err: (told: unknown) => told },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => cutSecrets(fields, maxDepth) as Record<string, unknown>,
    },
  };
  return pino(options, destination ?? bufferedOutput());
}

function bufferedOutput(): { write(line: string): void } {
  const output = openDestination({ dest: 1, sync: true });
  let lines = '';
  const flush = (): void => {
    if (lines !== '') output.write(lines);
    lines = '';
  };
  setInterval(flush, buffer.ms).unref();
  // The last lines are those that tell why.
  process.on('exit', () => {
    flush();
    output.flushSync();
  });
  return {
    // Gathered here: the destination would measure all that it has gathered anew with each line.
    write(line) {
      lines += line;
      if (lines.length >= buffer.characters) flush();
    },
  };
}

/** The same value without secrets; itself when there are none. */
function cutSecrets(value: unknown, depth: number): unknown {
  if (value instanceof Error) return cutSecrets({ ...stdSerializers.err(value) }, depth);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (depth === 0) return '[too deep]';
  if (Array.isArray(value)) return value.map((each) => cutSecrets(each, depth - 1));
  return cutFields(value, depth);
}

function cutFields(fields: object, depth: number): object {
  let cut: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const shown = secretNames.has(name) ? censored : cutSecrets(value, depth - 1);
    if (shown === value) continue;
    cut ??= { ...fields };
    cut[name] = shown;
  }
  return cut ?? fields;
}
