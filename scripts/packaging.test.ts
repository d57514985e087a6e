// The service definitions: systemd itself takes them, they name what is there, and a stop waits for the logins that wait.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../packages/server/src/platform/config.ts';

const repository = join(import.meta.dirname, '..');
const units = globSync('packaging/systemd/*.service', { cwd: repository }).sort();
const analyze = globSync(['/usr/bin/systemd-analyze', '/bin/systemd-analyze'])[0];
const read = (unit: string): string => readFileSync(join(repository, unit), 'utf8');

test('there is a unit for the server and one for the proxy', () => {
  expect(units.map((unit) => basename(unit))).toEqual(['countersign-radius.service', 'countersign.service']);
});

test.each(units)('%s gives up every right that it does not need', (unit) => {
  const text = read(unit);
  for (const line of [
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'UMask=0077',
  ])
    expect(text.split('\n')).toContain(line);
});

test.each(units)('%s starts a file that is there, and waits for pending logins at a stop', (unit) => {
  const text = read(unit);
  const [, file = ''] = /^ExecStart=\S+ \/opt\/countersign\/(\S+) /m.exec(text) ?? [];
  expect(existsSync(join(repository, file))).toBe(true);
  const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
  expect(seconds).toBeGreaterThan(readConfig({}).shutdownSeconds);
});

test('the variables that the unit of the server sets are read', () => {
  const text = read('packaging/systemd/countersign.service');
  const set = [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  expect(readConfig(Object.fromEntries(set)).dataDirectory).toBe('/var/lib/countersign');
});

test.skipIf(analyze === undefined).each(units)('systemd-analyze verifies %s', (unit) => {
  const directory = mkdtempSync(join(tmpdir(), 'units-'));
  const file = join(directory, basename(unit));
  // What it starts is not installed here, and neither is its account.
  const text = read(unit)
    .replaceAll(/^(ExecStart=)\S+/gm, `$1${process.execPath}`)
    .replaceAll(/^(User|Group)=.*$/gm, '$1=root');
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(analyze ?? '', ['verify', '--man=no', file], { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  expect(stderr.split('\n').filter((line) => line.includes(basename(unit)))).toEqual([]);
  expect(status).toBe(0);
});
