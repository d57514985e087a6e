// The certificate request, taken apart by openssl where it is here; the server's own reading of it is tested by e2e/phone-onboarding.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { derInteger } from './der.ts';
import { newCertificateRequest } from './certificate-request.ts';
import { newDeviceKeys } from './keys.ts';

const missing = (process.env['COUNTERSIGN_MISSING_PEERS'] ?? '').split(',').includes('openssl');

test.skipIf(missing)('openssl verifies it, whatever the signature begins with', async () => {
  for (let times = 0; times < 8; times += 1) {
    const { signing } = await newDeviceKeys();
    const pem = await newCertificateRequest(signing);
    expect(pem.length).toBeLessThan(4096);
    expect(pem.split('\n').every((line) => line.length <= 64)).toBe(true);
    const { stdout, stderr, status } = spawnSync('openssl', ['req', '-verify', '-noout', '-text'], {
      input: pem,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout + stderr).toContain('verify OK');
    expect(stdout).toContain('ecdsa-with-SHA256');
    expect(stdout).toContain('prime256v1');
  }
});

test('X.690 8.3.2: integers have as few bytes as they can, and stay positive', () => {
  const integer = (...bytes: readonly number[]) => [...derInteger(Uint8Array.of(...bytes))];
  expect(integer(0, 0, 1)).toEqual([2, 1, 1]);
  expect(integer(0x80)).toEqual([2, 2, 0, 0x80]);
  expect(integer(0, 0x80)).toEqual([2, 2, 0, 0x80]);
  expect(integer(0, 0)).toEqual([2, 1, 0]);
});
