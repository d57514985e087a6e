import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, publicUrlOf, readConfig } from './config.ts';

test('an empty environment gives the defaults', () => {
  const config = readConfig({});
  expect(config.httpListen).toEqual([{ host: '127.0.0.1', port: 8080 }]);
  expect(config.radiusListen).toEqual([
    { host: '0.0.0.0', port: 1812 },
    { host: '::', port: 1812 },
  ]);
  expect(config.masterKeyFile).toBe(join(config.dataDirectory, 'master.key'));
  expect(publicUrlOf(config)).toBe('http://localhost:8080');
});

test.each([
  [{ COUNTERSIGN_HTTP_LISTEN: 'localhost' }, 'COUNTERSIGN_HTTP_LISTEN'],
  [{ COUNTERSIGN_HTTP_LISTEN: '127.0.0.1:99999' }, 'COUNTERSIGN_HTTP_LISTEN'],
  [{ COUNTERSIGN_PUBLIC_URL: 'ftp://x' }, 'COUNTERSIGN_PUBLIC_URL'],
  [{ COUNTERSIGN_PUBLIC_URL: 'https://x/?q=1' }, 'COUNTERSIGN_PUBLIC_URL'],
  [{ COUNTERSIGN_LOG_LEVEL: 'loud' }, 'COUNTERSIGN_LOG_LEVEL'],
  [{ COUNTERSIGN_SHUTDOWN_SECONDS: '-1' }, 'COUNTERSIGN_SHUTDOWN_SECONDS'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ COUNTERSIGN_TLS_KEY_FILE: 'key.pem' }, 'must be given together'],
  [{ COUNTERSIGN_LISTEN_HTTP: 'x' }, 'COUNTERSIGN_LISTEN_HTTP is no variable'],
  [{ COUNTERSIGN_NODE: 'x', COUNTERSIGN_NODE_FILE: 'y' }, 'both given'],
  [{ COUNTERSIGN_NODE_FILE: '/nowhere/at/all' }, 'does not exist'],
])('%o is refused with a sentence that names it', (environment, words) => {
  expect(() => readConfig(environment)).toThrow(ConfigError);
  expect(() => readConfig(environment)).toThrow(words);
});

test('a value can come from a file, and the database password does not show', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'countersign-config-')), 'url');
  writeFileSync(file, 'postgres://app:s3cret-word@db/countersign\n');
  const config = readConfig({ DATABASE_URL_FILE: file });
  expect(config.databaseUrl?.reveal()).toBe('postgres://app:s3cret-word@db/countersign');
  expect(JSON.stringify(config) + inspect(config)).not.toContain('s3cret-word');
});
