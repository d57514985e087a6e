// Every class of error is a sentence for a person and an exit code.
import { expect, test } from 'vitest';
import { NewerSchemaError } from '#db/migrate.ts';
import { ConfigError } from '#platform/environment.ts';
import { StartError } from '#platform/data-directory.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import { VaultError } from '#platform/vault.ts';
import { asSentence, explainError } from './explain-error.ts';
import { CommandFailed, UsageError } from './exit.ts';

const system = (message: string, more: object, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), more);
const busy = system('bind EADDRINUSE', {
  code: 'EADDRINUSE',
  syscall: 'bind',
  address: '0.0.0.0',
  port: 1812,
});

test.each([
  [new UsageError('give --yes'), 2, 'Give --yes.'],
  [new CommandFailed('There is no user “x”'), 1, 'There is no user “x”.'],
  [new ConfigError('COUNTERSIGN_NODE must be short'), 3, 'COUNTERSIGN_NODE must be short.'],
  [new StartError('Others may use it. Run: chmod 0700 /data'), 3, 'Others may use it. Run: chmod 0700 /data'],
  [new NewerSchemaError('the database has schema 9'), 3, 'The database has schema 9.'],
  [new VaultError('not a sealed text'), 3, 'A secret in the database cannot be opened'],
  [
    new Unavailable('database', new Error('disk I/O error')),
    3,
    'The database does not answer: disk I/O error.',
  ],
  [
    new Unavailable(
      'database',
      Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }),
    ),
    3,
    'The database cannot be used: database or disk is full (SQLITE_FULL). Check the data directory',
  ],
  [
    new Unavailable('database', new AggregateError([new Error('connect ECONNREFUSED ::1:5432')], '')),
    3,
    'connect ECONNREFUSED ::1:5432',
  ],
  [new Unavailable('password hashing', new Error('too many')), 1, 'Password hashing is not available'],
  [new Problem('not_found'), 1, 'Nothing has this id.'],
  [new Problem('name_taken'), 1, 'The name is taken.'],
  [new Problem('in_use', 'a RADIUS client uses it'), 1, 'It is still in use. A RADIUS client uses it.'],
  [
    new Problem('invalid_request', undefined, [{ field: 'network', message: 'must be a network' }]),
    2,
    '--network must be a network.',
  ],
  [
    busy,
    3,
    'Cannot listen on 0.0.0.0 port 1812 (UDP): another program uses it (perhaps Countersign is already running).',
  ],
  [system('wrapped', {}, busy), 3, 'or choose another address with COUNTERSIGN_RADIUS_LISTEN'],
  [
    system('listen EACCES', { code: 'EACCES', syscall: 'listen', address: '::', port: 80 }),
    3,
    'ports below 1024 need a right that this account lacks',
  ],
  [
    system('x', { code: 'EADDRNOTAVAIL', syscall: 'listen', address: '10.9.9.9', port: 80 }),
    3,
    'no such address',
  ],
  [system('file is not a database', { code: 'SQLITE_NOTADB' }), 3, 'The database cannot be used'],
  [
    system('password authentication failed', { code: '28P01' }),
    3,
    'PostgreSQL refused: password authentication',
  ],
  [system('ENOSPC: no space left on device', { code: 'ENOSPC' }), 3, 'no space left on device'],
  [new TypeError('x is undefined'), 1, 'Something went wrong that should not: x is undefined'],
  ['a text', 1, 'Something went wrong that should not: a text'],
])('%# %s', (error, exitCode, words) => {
  const explained = explainError(error, (field) => `--${field}`);
  expect(explained.exitCode).toBe(exitCode);
  expect(explained.message).toContain(words);
  expect(explained.message).not.toMatch(/\n|^[a-z]/);
});

test.each([
  ['it is so', 'It is so.'],
  ['Is it?', 'Is it?'],
  ['Run: chmod 0600 key', 'Run: chmod 0600 key'],
  ['there is no “x”', 'There is no “x”.'],
])('%s becomes a sentence', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
