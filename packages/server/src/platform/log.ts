// Logs for operators: one JSON object a line on standard output. What could be a secret is cut out by name, in depth.
import { type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretNames = [
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
];

export function createLog(level: LogLevel, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
