// The table of peers and the care taken while installing them.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withoutServices } from './install-peers.ts';
import { describeMissing, isPresent, type Peer } from './peers.ts';

const folder = mkdtempSync(join(tmpdir(), 'peers-'));
const policy = join(folder, 'policy-rc.d');
const peer: Peer = { name: 'p', commands: ['cmd'], packages: ['a', 'b'], scenarios: ['s'], suites: ['u'] };

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a peer is present when any of its commands is', () => {
  writeFileSync(join(folder, 'the-second-name'), '');
  expect(isPresent({ ...peer, commands: ['no-such-name', 'the-second-name'] }, folder)).toBe(true);
  expect(isPresent({ ...peer, commands: [`${folder}/the-*-name`] }, '')).toBe(true);
  expect(isPresent({ ...peer, commands: ['no-such-name', `${folder}/nothing-*`] }, folder)).toBe(false);
});

test('a missing peer is told with what it stops, why, and what to type', () => {
  expect(describeMissing(peer, 'not root')).toBe(
    'skipped: u, e2e s because p is not here (not root), install with: apt-get install --no-install-recommends a b',
  );
});

test('while packages are installed, services are told not to start; afterwards the file is gone', () => {
  let seen = '';
  const install = (): void => {
    seen = readFileSync(policy, 'utf8');
    expect(statSync(policy).mode & 0o111).not.toBe(0);
  };
  withoutServices(install, policy);
  expect(seen).toMatch(/^#!\/bin\/sh\n[^]*exit 101\n$/);
  expect(existsSync(policy)).toBe(false);
});

test('it is gone also after a failure, and one left behind by a killed run is taken over', () => {
  const breakOff = (): void => {
    throw new Error('broken');
  };
  expect(() => withoutServices(breakOff, policy)).toThrow('broken');
  expect(existsSync(policy)).toBe(false);
  withoutServices(() => {
    writeFileSync(`${policy}.left`, readFileSync(policy));
  }, policy);
  writeFileSync(policy, readFileSync(`${policy}.left`));
  withoutServices(() => undefined, policy);
  expect(existsSync(policy)).toBe(false);
});

test('a policy of the machine itself is left as it is', () => {
  writeFileSync(policy, '#!/bin/sh\nexit 0\n');
  withoutServices(() => undefined, policy);
  expect(readFileSync(policy, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
});
