import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { publicUrlOf, readConfig } from './config.ts';
import { ConfigError, listenAddresses, writeAddress } from './environment.ts';

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

test.each<[Record<string, string>, string]>([
  [{ COUNTERSIGN_HTTP_LISTEN: 'localhost' }, 'COUNTERSIGN_HTTP_LISTEN'],
  [{ COUNTERSIGN_HTTP_LISTEN: '127.0.0.1:99999' }, 'COUNTERSIGN_HTTP_LISTEN'],
  [{ COUNTERSIGN_PUBLIC_URL: 'ftp://x' }, 'COUNTERSIGN_PUBLIC_URL'],
  [{ COUNTERSIGN_PUBLIC_URL: 'https://x/?q=1' }, 'COUNTERSIGN_PUBLIC_URL'],
  [{ COUNTERSIGN_LOG_LEVEL: 'loud' }, 'COUNTERSIGN_LOG_LEVEL'],
  [{ COUNTERSIGN_SHUTDOWN_SECONDS: '-1' }, 'COUNTERSIGN_SHUTDOWN_SECONDS'],
  ...[
    'nonsense',
    'loopback',
    'localhost',
    '192.0.2.1, x',
    '192.0.2.0/33',
    '10.0.0.0/0',
    '::/129',
    '10.0.0.0/',
    '10/8',
    'fe80::1%eth0',
  ].map((value): [Record<string, string>, string] => [
    { COUNTERSIGN_TRUSTED_PROXIES: value },
    'COUNTERSIGN_TRUSTED_PROXIES must list addresses or networks',
  ]),
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ COUNTERSIGN_TLS_KEY_FILE: 'key.pem' }, 'must be given together'],
  [{ COUNTERSIGN_LISTEN_HTTP: 'x' }, 'COUNTERSIGN_LISTEN_HTTP is no variable'],
  [{ COUNTERSIGN_NODE: 'x', COUNTERSIGN_NODE_FILE: 'y' }, 'both given'],
  [{ COUNTERSIGN_NODE_FILE: '/nowhere/at/all' }, 'does not exist'],
])('%o is refused with a sentence that names it', (environment, words) => {
  expect(() => readConfig(environment)).toThrow(ConfigError);
  expect(() => readConfig(environment)).toThrow(words);
});

test('everything that is wrong is told at once, each thing once', () => {
  const faults = (environment: Record<string, string>): readonly string[] => {
    try {
      readConfig(environment);
    } catch (error) {
      if (error instanceof ConfigError) return [error.message, ...error.faults];
    }
    throw new Error('no ConfigError');
  };
  const [message, ...each] = faults({
    COUNTERSIGN_HTTP_LISTEN: 'localhost',
    COUNTERSIGN_LOG_LEVEL: 'loud',
    COUNTERSIGN_ODD: '1',
    COUNTERSIGN_EVEN: '2',
    COUNTERSIGN_NODE: 'x',
    COUNTERSIGN_NODE_FILE: 'y',
  });
  expect(each).toHaveLength(5);
  expect(new Set(each.map((fault) => /COUNTERSIGN_[A-Z_]+/.exec(fault)?.[0]))).toEqual(
    new Set([
      'COUNTERSIGN_EVEN',
      'COUNTERSIGN_HTTP_LISTEN',
      'COUNTERSIGN_LOG_LEVEL',
      'COUNTERSIGN_NODE',
      'COUNTERSIGN_ODD',
    ]),
  );
  expect(message).toBe(`5 settings must be corrected:\n- ${each.join('\n- ')}`);
  const [one, ...same] = faults({ COUNTERSIGN_LOG_LEVEL: 'loud' });
  expect(same).toEqual([one]);
});

test('trusted proxies are addresses and networks of either family', () => {
  const read = (value: string) => readConfig({ COUNTERSIGN_TRUSTED_PROXIES: value }).trustedProxies;
  expect(read('')).toEqual([]);
  const all = [
    '192.0.2.1',
    '10.0.0.0/8',
    '2001:db8::1',
    '2001:DB8::/32',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.0/104',
  ];
  expect(read(` ${all.join(' , ')},`)).toEqual(all);
});

test('a value can come from a file, and the database password does not show', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'countersign-config-')), 'url');
  writeFileSync(file, 'postgres://app:s3cret-word@db/countersign\n');
  const config = readConfig({ DATABASE_URL_FILE: file });
  expect(config.databaseUrl?.reveal()).toBe('postgres://app:s3cret-word@db/countersign');
  expect(JSON.stringify(config) + inspect(config)).not.toContain('s3cret-word');
});

test('an address is written as it is configured', () => {
  for (const text of ['0.0.0.0:1812', '[::]:1812', '[2001:db8::1]:8080'])
    expect(listenAddresses(text, 'X').map(writeAddress)).toEqual([text]);
});
