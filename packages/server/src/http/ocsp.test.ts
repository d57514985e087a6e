// The OCSP responder on the whole door: openssl asks and verifies.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { issueDeviceCertificate } from '#core/certificates/issue-device-certificate.ts';
import { openAuthorities, trustedOf } from '#core/certificates/authority.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { openTestDoor } from './sessions.test-support.ts';

const withOpenssl = test.skipIf(process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-ocsp-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);
const openssl = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return `${status}\n${stdout}${stderr}`;
};

onBothDatabases('OCSP', (db) => {
  const open = async () => {
    const opened = await openTestDoor(db());
    const authorities = openAuthorities(opened.base);
    const authority = await authorities.current();
    const deps = { ...opened.base, authorities, publicUrl: opened.publicUrl };
    const issue = async () => {
      const deviceId = newId(opened.base, 'dev');
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { serial, pem, notBefore, notAfter } = await issueDeviceCertificate(deps, deviceId, publicKey);
      const dates = { not_before: notBefore, not_after: notAfter };
      const state = { revoked_at: null, revocation_reason: null };
      await db().write((tx) =>
        insertCertificate(tx, {
          serial,
          authority_id: authority.id,
          device_id: deviceId,
          pem,
          ...dates,
          ...state,
        }),
      );
      return { serial, pem };
    };
    const revoke = (serial: string) =>
      db().write((tx) =>
        tx
          .updateTable('certificates')
          .set({ revoked_at: opened.clock.now(), revocation_reason: 5 })
          .where('serial', '=', serial)
          .execute(),
      );
    const post = async (payload: Buffer) => {
      const headers = { 'content-type': 'application/ocsp-request' };
      return opened.door.app.inject({ method: 'POST', url: '/v1/ca/ocsp', headers, payload });
    };
    const request = (pem: string, ...more: string[]) => {
      writeFileSync(path('ca.pem'), authority.certificate);
      writeFileSync(path('root.pem'), trustedOf(authority));
      writeFileSync(path('one.pem'), pem);
      const asked = ['-issuer', path('ca.pem'), '-cert', path('one.pem')];
      expect(openssl('ocsp', ...asked, ...more, '-reqout', path('request.der'))).toMatch(/^0/);
      return readFileSync(path('request.der'));
    };
    const verify = (pem: string, answer: Buffer) => {
      writeFileSync(path('one.pem'), pem);
      writeFileSync(path('answer.der'), answer);
      return openssl(
        ...['ocsp', '-respin', path('answer.der'), '-CAfile', path('root.pem'), '-issuer', path('ca.pem')],
        ...['-verify_other', path('ca.pem')],
        ...['-cert', path('one.pem'), '-attime', String(Math.floor(opened.clock.now() / 1000))],
        ...['-validity_period', '2000000000', '-no_nonce', '-reqin', path('request.der')],
      );
    };
    return { ...opened, issue, revoke, post, request, verify };
  };

  withOpenssl('openssl sees good, revoked at once with its reason, and unknown', async () => {
    const { issue, revoke, post, request, verify } = await open();
    const { serial, pem } = await issue();
    const asked = request(pem);
    const good = await post(asked);
    expect(good.headers['content-type']).toBe('application/ocsp-response');
    expect(verify(pem, good.rawPayload)).toMatch(/^0\n[^]*Response verify OK/);
    expect(verify(pem, good.rawPayload)).toContain('one.pem: good');
    await revoke(serial);
    const revoked = verify(pem, (await post(asked)).rawPayload);
    expect(revoked).toContain('one.pem: revoked');
    expect(revoked).toContain('Reason: cessationOfOperation');
    await db().write((tx) => tx.deleteFrom('certificates').where('serial', '=', serial).execute());
    expect(verify(pem, (await post(asked)).rawPayload)).toContain('one.pem: unknown');
  });

  withOpenssl('a nonce comes back; without one the same bytes are given out for a minute', async () => {
    const { issue, post, request, verify, clock } = await open();
    const { pem } = await issue();
    const withNonce = request(pem, '-nonce');
    const first = await post(withNonce);
    expect(verify(pem, first.rawPayload)).not.toMatch(/nonce/i);
    expect((await post(withNonce)).rawPayload.equals(first.rawPayload)).toBe(false);
    const plain = request(pem, '-no_nonce');
    const kept = await post(plain);
    expect(verify(pem, kept.rawPayload)).toContain('good');
    expect((await post(plain)).rawPayload.equals(kept.rawPayload)).toBe(true);
    clock.turn(61_000);
    expect((await post(plain)).rawPayload.equals(kept.rawPayload)).toBe(false);
  });

  withOpenssl('by GET, with slashes escaped or not; what cannot be read is malformed', async () => {
    const { issue, door, request, verify } = await open();
    const { pem } = await issue();
    const asked = request(pem, '-no_nonce').toString('base64');
    for (const encoded of [encodeURIComponent(asked), asked.replaceAll('+', '%2B')]) {
      const answer = await door.app.inject({ method: 'GET', url: `/v1/ca/ocsp/${encoded}` });
      expect(verify(pem, answer.rawPayload)).toContain('good');
      expect(answer.headers['cache-control']).toContain('max-age=60');
    }
    const malformed = await door.app.inject({ method: 'GET', url: '/v1/ca/ocsp/AAAA' });
    expect(malformed.rawPayload.toString('hex')).toBe('30030a0101');
    const big = { method: 'POST', url: '/v1/ca/ocsp', payload: Buffer.alloc(5000) } as const;
    const tooBig = await door.app.inject({ ...big, headers: { 'content-type': 'application/ocsp-request' } });
    expect(tooBig.statusCode).toBe(413);
  });
});
