// Certificates and revocation lists as a stranger sees them: the real openssl verifies chain, usages, dates and revocation.
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { createCertificateAuthority } from './create-certificate-authority.ts';
import { insertDeviceCertificate, issueDeviceCertificate } from './issue-device-certificate.ts';
import { openAuthorities, trustedOf } from './authority.ts';
import { readCertificateRequest } from './read-certificate-request.ts';
import { currentRevocationList } from './revocation-list.ts';

// The runner names peers that this machine lacks.
const opensslMissing = process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true;
const withOpenssl = test.skipIf(opensslMissing);

const start = Date.UTC(2026, 5, 1, 12, 0, 0, 500);
let at = start;
const clock = { now: () => at, monotonic: () => at };
const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
const platform = { clock, random: systemRandom, vault };
const publicUrl = 'https://mfa.example.com';
const day = 86_400_000;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-certificates-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const openssl = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return `${status}\n${stdout}${stderr}`;
};

async function openAuthority(db: Db) {
  await db.write((tx) => createCertificateAuthority(tx, { ...platform, publicUrl }, 'Example Ltd'));
  const authorities = openAuthorities({ db, vault });
  return { ...platform, db, publicUrl, authorities, authority: await authorities.current() };
}

onBothDatabases('certificates', (db) => {
  let deps: Awaited<ReturnType<typeof openAuthority>>;
  beforeAll(async () => {
    at = start;
    deps = await openAuthority(db());
  });

  const issue = async () => {
    const deviceId = newId(deps, 'dev');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issued = await issueDeviceCertificate(deps, deviceId, publicKey);
    await db().write((tx) => insertDeviceCertificate(tx, deviceId, issued));
    return { ...issued, deviceId, publicKey };
  };
  const revoke = (serial: string) =>
    db().write((tx) =>
      tx
        .updateTable('certificates')
        .set({ revoked_at: at, revocation_reason: 5 })
        .where('serial', '=', serial)
        .execute(),
    );
  const verify = async (pem: string, when: number, ...more: string[]) => {
    const crl = await currentRevocationList(deps, deps.authority);
    const crlPem = `-----BEGIN X509 CRL-----\n${Buffer.from(crl.der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`;
    const trusted = put('root.pem', trustedOf(deps.authority));
    const issuer = put('ca.pem', deps.authority.certificate);
    const seconds = String(Math.floor(when / 1000));
    return openssl(
      ...['verify', '-x509_strict', '-attime', seconds, '-CAfile', trusted, '-untrusted', issuer],
      ...['-CRLfile', put('crl.pem', crlPem), ...more, put('device.pem', pem)],
    );
  };

  withOpenssl('openssl verifies chain, usage and dates, and the revocation list', async () => {
    const { pem } = await issue();
    expect(await verify(pem, at, '-purpose', 'sslclient', '-crl_check')).toMatch(/^0\n.*: OK\n$/);
    expect(await verify(pem, at, '-purpose', 'sslserver')).toMatch(/^2\n[^]*unsuitable certificate purpose/);
    expect(await verify(pem, at + 731 * day)).toContain('certificate has expired');
    expect(await verify(pem, at - 2 * day)).toContain('certificate is not yet valid');
  });

  withOpenssl('a revoked certificate is refused from the next list on', async () => {
    const kept = await issue();
    const lost = await issue();
    const before = await currentRevocationList(deps, deps.authority);
    expect(await verify(lost.pem, at, '-crl_check')).toMatch(/^0\n/);
    await revoke(lost.serial);
    expect(await verify(lost.pem, at, '-crl_check')).toMatch(/^2\n[^]*certificate revoked/);
    expect(await verify(kept.pem, at, '-crl_check')).toMatch(/^0\n/);
    const after = await currentRevocationList(deps, deps.authority);
    expect(after.number).toBe(before.number + 1);
    const text = openssl('crl', '-inform', 'DER', '-noout', '-text', '-in', put('list.der', after.der));
    expect(text).toContain('Version 2 (0x1)');
    expect(text).toContain(lost.serial.toUpperCase());
    expect(text).toContain('Cessation Of Operation');
    expect(text).toContain('X509v3 Authority Key Identifier');
    expect(text).toMatch(new RegExp(`X509v3 CRL Number: *\\n *${after.number}\\n`));
  });

  test('the list is made anew after half its life, and once only for many who ask', async () => {
    const first = await currentRevocationList(deps, deps.authority);
    expect(await currentRevocationList(deps, deps.authority)).toEqual(first);
    at += 3.5 * day + 1000;
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => currentRevocationList(deps, deps.authority)),
    );
    for (const list of asked) expect(list).toEqual(asked[0]);
    expect(asked[0]?.number).toBe(first.number + 1);
    expect(asked[0]?.nextUpdate).toBe((asked[0]?.thisUpdate ?? 0) + 7 * day);
  });

  test('an expired certificate leaves the list only after it stood in one', async () => {
    const { serial } = await issue();
    await revoke(serial);
    const has = async () =>
      Buffer.from((await currentRevocationList(deps, deps.authority)).der).includes(serial, 0, 'hex');
    at += 730 * day + 1000;
    expect(await has()).toBe(true);
    at += 8 * day;
    expect(await has()).toBe(false);
    at = start;
  });

  withOpenssl('the certificate says what the protocol promises, and no more', async () => {
    const { pem, deviceId, serial, notAfter, publicKey } = await issue();
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).toBe(`CN=${deviceId}`);
    expect(certificate.serialNumber.toLowerCase()).toBe(serial);
    expect(serial).toHaveLength(32);
    expect(certificate.publicKey.equals(publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBe(notAfter);
    expect(certificate.validFrom).toBe('May 31 12:00:00 2026 GMT');
    const text = openssl('x509', '-noout', '-text', '-in', put('one.pem', pem));
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: *\s+TLS Web Client Authentication\n/);
    expect(text).toContain(`URI:${publicUrl}/v1/ca/crl`);
    expect(text).toContain('X509v3 Subject Key Identifier');
    expect(text).toContain('X509v3 Authority Key Identifier');
  });

  withOpenssl('the authority signs certificates and lists, and nothing below it may', () => {
    const text = openssl('x509', '-noout', '-text', '-in', put('ca.pem', deps.authority.certificate));
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(text).toMatch(/Countersign Issuing CA [0-9a-f]{8}, Example Ltd/);
    expect(text).toContain('Not After : Jun  1 00:00:00 2036 GMT');
    expect(text).toContain(`URI:${publicUrl}/v1/ca/crl/`);
    const root = openssl('x509', '-noout', '-text', '-in', put('root.pem', trustedOf(deps.authority)));
    expect(root).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:1/);
    expect(root).toContain('Countersign CA, Example Ltd');
    expect(root).toContain('Not After : Jun  1 12:00:00 2046 GMT');
  });

  test('the key is kept sealed, and another master key cannot open it', async () => {
    const row = await db().read.selectFrom('certificate_authorities').selectAll().executeTakeFirstOrThrow();
    expect(row.private_key).toMatch(/^v1\./);
    const other = createVault(new Uint8Array(32).fill(8), systemRandom);
    await expect(openAuthorities({ db: db(), vault: other }).current()).rejects.toThrow('master key');
  });
});

describe.skipIf(opensslMissing)('certificate request', () => {
  const request = (options: { curve?: string; rsa?: boolean; digest?: string; subject?: string } = {}) => {
    const key = options.rsa
      ? ['-newkey', 'rsa:2048']
      : ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${options.curve ?? 'P-256'}`];
    return execFileSync(
      'openssl',
      [
        ...['req', '-new', ...key, '-nodes', '-keyout', join(directory, 'key.pem')],
        ...['-subj', options.subject ?? '/CN=anything', `-${options.digest ?? 'sha256'}`],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    ).toString();
  };
  const spki = (key: KeyObject | undefined) => key?.export({ format: 'pem', type: 'spki' });

  test('openssl’s own is read, whatever its subject', () => {
    const pem = request({ subject: '/CN=dev_of_somebody_else/O=x' });
    const expected = openssl('pkey', '-pubout', '-in', join(directory, 'key.pem')).slice(2);
    expect(spki(readCertificateRequest(pem))).toBe(expected);
    expect(readCertificateRequest(pem.replace(/\n/g, '\r\n'))).toBeDefined();
  });

  test('other keys and digests are refused', () => {
    expect(readCertificateRequest(request({ curve: 'P-384' }))).toBeUndefined();
    expect(readCertificateRequest(request({ rsa: true }))).toBeUndefined();
    expect(readCertificateRequest(request({ digest: 'sha512' }))).toBeUndefined();
  });

  test('any flipped byte is refused', () => {
    const der = Buffer.from(request().replace(/-----[^-]+-----/g, ''), 'base64');
    for (let i = 0; i < der.length; i++) {
      const flipped = Buffer.from(der);
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${flipped.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
      expect(readCertificateRequest(pem), `byte ${i}`).toBeUndefined();
    }
  });

  test('too long, twice, or no request at all is refused', () => {
    const pem = request();
    for (const text of ['', 'x', pem + pem, pem.replace(/REQUEST/g, 'PARTY'), pem.padEnd(4097, '\n')])
      expect(readCertificateRequest(text)).toBeUndefined();
  });
});
