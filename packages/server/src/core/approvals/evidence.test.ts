// Evidence: what was kept verifies offline, and not with a single byte changed.
import { createPublicKey, X509Certificate } from 'node:crypto';
import type { ChallengeContent, Decision } from '@countersign/contract/device-protocol.ts';
import type { Evidence } from '@countersign/contract/models.ts';
import { type AnswerOverrides, signAnswer } from '@countersign/testkit/soft-authenticator/challenge.ts';
import { newKey, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  commonName,
  endEntityConstraints,
  keyUsage,
  publicKeyInfo,
  signCertificate,
} from '#core/certificates/certificate.ts';
import { toPem } from '#core/certificates/der.ts';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { issueDeviceCertificate } from '#core/certificates/issue-device-certificate.ts';
import { openAuthorities, trustedOf } from '#core/certificates/authority.ts';
import { testDeps } from '#core/devices/devices.test-support.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { writeEvidence } from './evidence.ts';
import { findEvidence } from './find-evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyOwnEvidence } from './verify-own-evidence.ts';

interface Case {
  readonly decision?: Decision;
  readonly number?: string;
  readonly typed?: string;
  readonly answer?: AnswerOverrides;
  readonly answeredAfterMs?: number;
  readonly certifiedMsAgo?: number;
}

async function openDeps(db: Db) {
  const deps = testDeps(db);
  await db.write((tx) => createCertificateAuthority(tx, deps, 'Example'));
  const authorities = openAuthorities(deps);
  return { ...deps, authorities, authority: await authorities.current() };
}

onBothDatabases('evidence', (db) => {
  let deps: Awaited<ReturnType<typeof openDeps>>;
  let trusted = '';
  beforeAll(async () => {
    deps = await openDeps(db());
    trusted = trustedOf(deps.authority);
  });

  const makeEvidence = async (options: Case = {}): Promise<Evidence> => {
    const { decision = 'approve', number, typed = number, answeredAfterMs = 10_000 } = options;
    const key = await newKey();
    const deviceId = newId(deps, 'dev');
    const publicKey = createPublicKey({ key: { ...publicPart(key) }, format: 'jwk' });
    const now = deps.clock.at;
    deps.clock.at -= options.certifiedMsAgo ?? 0;
    const { pem, chain } = await issueDeviceCertificate(deps, deviceId, publicKey);
    deps.clock.at = now;
    const content: ChallengeContent = {
      request_id: newId(deps, 'req'),
      challenge_id: newId(deps, 'chl'),
      nonce: 'bm9uY2Utbm9uY2Utbm9uY2U',
      application: { name: 'VPN', access_id: '6b0f2b4e-3d60-4f5c-9a3a-0c2f0f8d8a11' },
      username: 'alice',
      title: 'Log in to VPN',
      description: 'Größe \u2028 \ufffd',
      client: { name: 'gateway', address: null },
      created_at: now,
      expires_at: now + 60_000,
      ...(number === undefined ? {} : { number: { digits: 2 } }),
    };
    const plaintext = JSON.stringify(content);
    const challenge = { id: content.challenge_id, content, plaintext };
    const fields = { deviceId, challenge, decision, now: now + answeredAfterMs };
    const withNumber = decision === 'approve' && typed !== undefined ? { ...fields, number: typed } : fields;
    return {
      format: 'countersign-evidence-1',
      request_id: content.request_id,
      challenge_id: content.challenge_id,
      content: plaintext,
      number: decision === 'approve' ? (number ?? null) : null,
      answer: await signAnswer(key, withNumber, options.answer),
      certificate: pem,
      chain: [...chain],
    };
  };
  const verify = (bundle: Evidence) => verifyEvidence(writeEvidence(bundle), trusted);
  const fault = (bundle: Evidence) => {
    const verdict = verify(bundle);
    return verdict.kind === 'refused' ? verdict.fault : verdict.kind;
  };

  test('of every decision verifies, with and without a number', async () => {
    for (const decision of ['approve', 'deny', 'report'] as const)
      for (const number of [{}, { number: '42' }]) {
        const bundle = await makeEvidence({ decision, ...number });
        expect(verify(bundle)).toMatchObject({
          kind: 'genuine',
          decision,
          requestId: bundle.request_id,
          at: deps.clock.at + 10_000,
          username: 'alice',
          application: 'VPN',
        });
        expect(verifyEvidence(Buffer.from(writeEvidence(bundle)), trusted).kind).toBe('genuine');
      }
  });

  test('where it was made, only of a certificate that was recorded for a device', async () => {
    const bundle = await makeEvidence();
    const here = () => verifyOwnEvidence(db().read, writeEvidence(bundle));
    // Somebody else below the same root gave it out.
    expect(verify(bundle).kind).toBe('genuine');
    expect(await here()).toMatchObject({ kind: 'refused', fault: 'certificate_not_recorded' });
    const { serialNumber } = new X509Certificate(bundle.certificate);
    const record = (device_id: string, pem: string) =>
      db().write(async (tx) => {
        const serial = serialNumber.toLowerCase();
        await tx.deleteFrom('certificates').where('serial', '=', serial).execute();
        await insertCertificate(tx, {
          ...{ serial, device_id, pem, authority_id: deps.authority.id },
          ...{ not_before: 0, not_after: 1, revoked_at: null, revocation_reason: null },
        });
      });
    await record('', bundle.certificate);
    expect((await here())?.kind).toBe('refused');
    await record('dev_1', trusted);
    expect((await here())?.kind).toBe('refused');
    await record('dev_1', bundle.certificate);
    expect((await here())?.kind).toBe('genuine');
    const changed = { ...bundle, challenge_id: newId(deps, 'chl') };
    expect(await verifyOwnEvidence(db().read, writeEvidence(changed))).toMatchObject({ fault: 'ids_differ' });
  });

  test('with any one byte flipped is refused', async () => {
    const bytes = Buffer.from(writeEvidence(await makeEvidence({ number: '42' })));
    for (const bit of [0x01, 0x20])
      for (let i = 0; i < bytes.length; i++) {
        const flipped = Buffer.from(bytes);
        flipped[i] = (flipped[i] ?? 0) ^ bit;
        expect(verifyEvidence(flipped, trusted).kind, `byte ${i} bit ${bit}`).toBe('refused');
      }
  });

  test('in another form is refused', async () => {
    const bundle = await makeEvidence();
    const text = writeEvidence(bundle);
    const { format, ...rest } = bundle;
    for (const other of [
      text.trim(),
      `\ufeff${text}`,
      JSON.stringify(bundle),
      `${JSON.stringify({ ...rest, format }, null, 2)}\n`,
      text.replace('{\n', '{\n  "number": "1",\n'),
    ]) {
      expect(verifyEvidence(other, trusted)).toMatchObject({
        kind: 'refused',
        fault: expect.any(String) as unknown,
      });
      expect(verifyEvidence(Buffer.from(other), trusted).kind).toBe('refused');
    }
    expect(verifyEvidence(Buffer.from([0xff]), trusted)).toMatchObject({ fault: 'not_text' });
    expect(verifyEvidence('{}', trusted)).toMatchObject({ fault: 'not_evidence' });
    expect(verifyEvidence(text.trim(), trusted)).toMatchObject({ fault: 'not_canonical' });
  });

  describe('that does not hold together is refused', () => {
    test('number', async () => {
      expect(fault(await makeEvidence({ number: '42', typed: '43' }))).toBe('number_differs');
      expect(fault({ ...(await makeEvidence({ number: '42' })), number: null })).toBe('number_differs');
      expect(fault({ ...(await makeEvidence()), number: '42' })).toBe('number_differs');
      expect(fault({ ...(await makeEvidence({ decision: 'deny', number: '42' })), number: '42' })).toBe(
        'number_differs',
      );
      expect(fault(await makeEvidence({ typed: '42' }))).toBe('number_differs');
    });

    test('time', async () => {
      expect(fault(await makeEvidence({ answeredAfterMs: -60_000 }))).toBe('genuine');
      expect(fault(await makeEvidence({ answeredAfterMs: -61_000 }))).toBe('time_outside');
      expect(fault(await makeEvidence({ answeredAfterMs: 120_000 }))).toBe('genuine');
      expect(fault(await makeEvidence({ answeredAfterMs: 121_000 }))).toBe('time_outside');
    });

    test('certificate dates', async () => {
      const day = 86_400_000;
      const start = deps.clock.at;
      deps.clock.at += 731 * day;
      expect(fault(await makeEvidence({ certifiedMsAgo: 729 * day }))).toBe('genuine');
      expect(fault(await makeEvidence({ certifiedMsAgo: 730 * day }))).toBe('certificate_dates');
      expect(fault(await makeEvidence({ certifiedMsAgo: -2 * day }))).toBe('certificate_dates');
      deps.clock.at = start;
    });

    test('ids, nonce, device and content', async () => {
      const bundle = await makeEvidence();
      const another = await makeEvidence();
      expect(fault({ ...bundle, request_id: another.request_id })).toBe('ids_differ');
      expect(fault({ ...bundle, challenge_id: another.challenge_id })).toBe('ids_differ');
      expect(fault({ ...bundle, content: another.content })).toBe('content_differs');
      expect(fault({ ...bundle, answer: another.answer })).toBe('answer_unreadable');
      expect(fault({ ...bundle, certificate: another.certificate })).toBe('answer_unreadable');
      const wrong = (payload: Record<string, unknown>) => makeEvidence({ answer: { payload } });
      expect(fault(await wrong({ nonce: 'AAAA' }))).toBe('ids_differ');
      expect(fault(await wrong({ request_id: bundle.request_id }))).toBe('ids_differ');
      expect(fault(await wrong({ device_id: newId(deps, 'dev') }))).toBe('device_differs');
      expect(fault(await wrong({ shown: 'A'.repeat(43) }))).toBe('content_differs');
      // A lone surrogate has the digest of U+FFFD.
      const twin = bundle.content.replace('\ufffd', '\ud800');
      expect(fault({ ...bundle, content: twin })).toBe('content_unreadable');
    });

    test('usage', async () => {
      const bundle = await makeEvidence();
      const { authority, clock, random } = deps;
      const device = new X509Certificate(bundle.certificate);
      const der = signCertificate(
        {
          serial: random.bytes(16),
          issuer: authority.subject,
          subject: commonName(device.subject.slice('CN='.length)),
          publicKey: publicKeyInfo(device.publicKey),
          notBefore: clock.at - 1000,
          notAfter: clock.at + 86_400_000,
          extensions: [endEntityConstraints(), keyUsage('digitalSignature')],
        },
        authority.privateKey,
      );
      expect(fault({ ...bundle, certificate: toPem('CERTIFICATE', der) })).toBe('certificate_usage');
    });

    test('issuer', async () => {
      const bundle = await makeEvidence();
      const foreign = testDeps(db());
      foreign.clock.at = deps.clock.at + 1;
      await db().write((tx) => createCertificateAuthority(tx, foreign, 'Example'));
      const certificate = trustedOf(await openAuthorities(foreign).current());
      expect(verifyEvidence(writeEvidence(bundle), certificate)).toMatchObject({ fault: 'chain_broken' });
      expect(verifyEvidence(writeEvidence(bundle), 'x')).toMatchObject({ fault: 'chain_broken' });
      // The name is the same, the key is not.
      const swapped = { ...bundle, chain: [bundle.chain[0] ?? '', certificate] };
      expect(verifyEvidence(writeEvidence(swapped), certificate)).toMatchObject({ fault: 'chain_broken' });
      expect(fault({ ...bundle, chain: [] })).toBe('chain_broken');
      expect(fault({ ...bundle, chain: [trusted, trusted] })).toBe('chain_broken');
      expect(fault({ ...bundle, certificate: trusted })).toBe('chain_broken');
      expect(fault({ ...bundle, certificate: bundle.certificate.replace(/\n/g, '\r\n') })).toBe(
        'certificate_unreadable',
      );
    });
  });

  test('is found by its auth request as it was kept', async () => {
    const keep = async (bundle: Evidence, number: string | null) => {
      await db().write((tx) =>
        tx
          .insertInto('evidence')
          .values({
            challenge_id: bundle.challenge_id,
            auth_request_id: bundle.request_id,
            device_id: 'dev',
            content: bundle.content,
            number,
            answer: bundle.answer,
            certificate: bundle.certificate,
            chain: JSON.stringify(bundle.chain),
            decided_at: deps.clock.at,
          })
          .execute(),
      );
      return findEvidence(db().read, bundle.request_id);
    };
    const approved = await makeEvidence({ number: '42' });
    expect(await keep(approved, '42')).toEqual(approved);
    const denied = await makeEvidence({ number: '42', decision: 'deny' });
    expect(await keep(denied, '42')).toEqual(denied);
    expect(await findEvidence(db().read, newId(deps, 'req'))).toBeUndefined();
  });
});
