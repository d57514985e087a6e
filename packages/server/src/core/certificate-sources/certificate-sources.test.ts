import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  newCertificateRequest,
  newKey,
  publicPart,
  thumbprintOf,
} from '@countersign/testkit/soft-authenticator/keys.ts';
import type { CertificateSource } from '@countersign/contract/certificate-source-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { insertDeviceCertificate } from '#core/certificates/issue-device-certificate.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { Problem } from '#platform/problem.ts';
import { getCertificateSource } from './certificate-source.ts';
import { changeCertificateSource, testCertificateSource } from './change-certificate-source.ts';
import { judgeIssued } from './judge-issued.ts';
import { foreignAuthority, memoryScep, newScepSource } from './memory-scep.test-support.ts';
import { forgetObtained, issuingAuthorityId, obtainDeviceCertificate } from './obtain-device-certificate.ts';

const never = new AbortController().signal;
const code = (text: string): unknown => expect.objectContaining({ code: text });
const minute = 60_000;
const day = 24 * 60 * minute;

onBothDatabases('where certificates of devices come from', (db) => {
  let isPlanted = false;
  async function begin() {
    const clock = createHandClock();
    const base = { ...administrationDeps(db(), clock), scep: memoryScep() };
    if (!isPlanted) await db().write((tx) => createCertificateAuthority(tx, base, 'Example'));
    isPlanted = true;
    const deps = { ...base, authorities: openAuthorities(base) };
    const change = (more: object = {}) =>
      changeCertificateSource(deps, actor, null, newScepSource(more), never);
    await changeCertificateSource(deps, actor, null, { from: 'own' }, never);
    /** A device's key, and what it asks with it. */
    const phone = async (deviceId: string | null = null) => {
      const key = await newKey();
      const publicKey = createPublicKey({ key: publicPart(key), format: 'jwk' });
      const keyThumbprint = thumbprintOf(publicPart(key));
      const obtain = async (wanted?: Wanted) =>
        obtainDeviceCertificate(deps, {
          ...{ keyThumbprint, publicKey, deviceId, applicationId: 'app_x' },
          request: await newCertificateRequest(key, wanted),
        });
      const told = async () => wantedOf(await obtain().catch((error: unknown) => error));
      return { key, publicKey, keyThumbprint, obtain, told };
    };
    return { deps, clock, scep: base.scep, change, phone };
  }
  interface Wanted {
    readonly common_name: string;
    readonly challenge_password: string | null;
  }
  const wantedOf = (error: unknown): Wanted => {
    expect(error).toEqual(code('certificate_request_differs'));
    return (error as Problem).members?.['certificate_request'] as Wanted;
  };
  const last = async (event: string) =>
    (await auditTrail(db())).filter((each) => each.event === event).at(-1)?.data;

  test('a third party’s server is asked before it is taken; secrets are sealed and told nobody', async () => {
    const { deps, scep, change } = await begin();
    scep.fails = 'It has another fingerprint.';
    await expect(change()).rejects.toMatchObject({
      code: 'certificate_source_unsuitable',
      detail: 'It has another fingerprint.',
    });
    expect(await getCertificateSource(deps, null)).toMatchObject({ from: 'own', scep: null });
    scep.fails = undefined;
    const secret = 'static secret 42';
    const shown = await change({ challenge: 'static', challenge_url: '', secret });
    expect(shown).toMatchObject({ from: 'scep', scep: { has_secret: true, challenge: 'static' } });
    expect(scep.probed.at(-1)?.secret?.reveal()).toBe(secret);
    const rows = await db().read.selectFrom('certificate_sources').selectAll().execute();
    expect(JSON.stringify([shown, rows, await auditTrail(db())])).not.toContain(secret);
    expect(await last('certificate_authority.source_changed')).toMatchObject({
      from: 'scep',
      url: 'http://scep.example.com/scep',
    });
    expect(await issuingAuthorityId(deps)).toBe(shown.scep?.authority_id);
    // The same authority again is the same one; back here, our own issues.
    const again = await change({ challenge: 'static', challenge_url: '' });
    expect(again.scep?.authority_id).toBe(shown.scep?.authority_id);
    scep.authority = foreignAuthority('Another');
    const other = await change({ challenge: 'none', challenge_url: '' });
    expect(other.scep?.authority_id).not.toBe(shown.scep?.authority_id);
    expect(other.scep?.registrar_certificate).toBe(shown.scep?.registrar_certificate);
    await changeCertificateSource(deps, actor, null, { from: 'own' }, never);
    expect(await issuingAuthorityId(deps)).toBe((await deps.authorities.current()).id);
  });

  test('whoever changes where the secret is sent must know it', async () => {
    const { change, scep } = await begin();
    const needed = { code: 'invalid_request', fields: [expect.objectContaining({ field: 'secret' })] };
    const fixed = { challenge: 'static', challenge_url: '' };
    await expect(change(fixed)).rejects.toMatchObject(needed);
    await change({ ...fixed, secret: 'known' });
    const asked = scep.probed.length;
    await expect(change({ ...fixed, url: 'http://evil.example/scep' })).rejects.toMatchObject(needed);
    await expect(change({ ...fixed, fingerprint: 'cd'.repeat(32) })).rejects.toMatchObject(needed);
    await expect(change({ challenge_user: 'reader' })).rejects.toMatchObject(needed);
    // Refused before anybody was asked.
    expect(scep.probed).toHaveLength(asked);
    await change(fixed);
    expect(scep.probed.at(-1)?.secret?.reveal()).toBe('known');
    await expect(change({ challenge_url: '' })).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'challenge_url' })],
    });
  });

  test('a caller of one application decides, tests and sees nothing; of two owners at once one is told', async () => {
    const { deps, change, scep } = await begin();
    const input = newScepSource();
    await expect(changeCertificateSource(deps, actor, 'app_x', input, never)).rejects.toEqual(
      code('forbidden'),
    );
    await expect(testCertificateSource(deps, actor, 'app_x', input, never)).rejects.toEqual(
      code('forbidden'),
    );
    await change();
    expect(await getCertificateSource(deps, 'app_x')).toEqual({ from: 'own', scep: null, changed_at: null });
    // While the one waits for the server, the other is done.
    scep.beforeAnswer = async () => {
      scep.beforeAnswer = async () => undefined;
      await change({ challenge: 'none', challenge_url: '' });
    };
    await expect(change()).rejects.toEqual(code('changed_meanwhile'));
    expect((await getCertificateSource(deps, null)).scep?.challenge).toBe('none');
  });

  test('a test tells each step and keeps nothing', async () => {
    const { deps, scep } = await begin();
    scep.fails = 'It has another fingerprint.';
    const steps = [];
    for await (const step of await testCertificateSource(deps, actor, null, newScepSource(), never))
      steps.push([step.step, step.passed]);
    expect(steps).toEqual([
      ['answer', true],
      ['fingerprint', false],
    ]);
    expect(await last('certificate_authority.source_tested')).toMatchObject({
      url: 'http://scep.example.com/scep',
    });
    expect(await getCertificateSource(deps, null)).toMatchObject({
      from: 'own',
    } satisfies Partial<CertificateSource>);
    await expect(testCertificateSource(deps, actor, null, { from: 'own' }, never)).rejects.toEqual(
      code('certificate_source_unsuitable'),
    );
  });

  test('a device is told what to ask for, and gets one certificate however often it asks', async () => {
    const { scep, change, phone } = await begin();
    await change();
    const one = await phone();
    const wanted = await one.told();
    expect(wanted).toEqual({
      common_name: expect.stringMatching(/^dev_/),
      challenge_password: 'challenge 1',
    });
    // The password of another key, or another name, is none of its.
    scep.challenge = 'challenge 2';
    const other = await phone();
    await other.told();
    await expect(other.obtain(wanted)).rejects.toEqual(code('certificate_request_differs'));
    await expect(one.obtain({ ...wanted, common_name: 'dev_other' })).rejects.toEqual(
      code('certificate_request_differs'),
    );
    expect(scep.asked).toEqual([]);
    const { deviceId, certificate } = await one.obtain(wanted);
    expect([deviceId, certificate.chain]).toEqual([wanted.common_name, [scep.authority.pem]]);
    expect(await one.obtain(wanted)).toEqual({ deviceId, certificate });
    expect(await one.obtain()).toEqual({ deviceId, certificate });
    expect(scep.asked.map(({ ask }) => ask)).toEqual(['enrol']);
    await db().write((tx) => forgetObtained(tx, one.keyThumbprint));
    expect((await one.told()).common_name).not.toBe(deviceId);
  });

  test('asked twice at once, it asks the authority once; a lost answer is polled for', async () => {
    const { scep, change, phone } = await begin();
    await change();
    const one = await phone();
    const wanted = await one.told();
    scep.says = { kind: 'pending' };
    const both = await Promise.allSettled([one.obtain(wanted), one.obtain(wanted)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(scep.asked.filter(({ ask }) => ask === 'enrol')).toHaveLength(1);
    expect(await last('certificate.waits')).toMatchObject({ url: 'http://scep.example.com/scep' });
    const [first] = scep.asked;
    scep.says = undefined;
    // Another request by then: what was sent is what is asked for.
    const { certificate } = await one.obtain();
    expect(scep.asked.at(-1)).toMatchObject({ ask: 'poll', transactionId: first?.transactionId });
    expect(scep.asked.at(-1)?.request).toEqual(first?.request);
    expect(certificate.pem).toContain('BEGIN CERTIFICATE');
  });

  test('what cannot be used is refused, audited with the reason, and begun anew', async () => {
    const { scep, change, phone } = await begin();
    await change();
    const evil = foreignAuthority('Corp Devices');
    const one = await phone();
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const refuse = async (certificates: (deviceId: string) => Uint8Array[], reason: RegExp) => {
      const wanted = await one.told();
      scep.says = { kind: 'issued', certificates: certificates(wanted.common_name) };
      await expect(one.obtain(wanted)).rejects.toEqual(code('certificate_unavailable'));
      expect((await last('certificate.refused'))?.['reason']).toMatch(reason);
    };
    await refuse(() => [], /not for the key/);
    await refuse((id) => [scep.authority.issue(id, stranger)], /not for the key/);
    await refuse((id) => [evil.issue(id, one.publicKey)], /not signed by the authority/);
    await refuse(() => [scep.authority.issue('dev_other', one.publicKey)], /not the device/);
    const wanted = await one.told();
    scep.says = { kind: 'refused', detail: 'badRequest' };
    await expect(one.obtain(wanted)).rejects.toEqual(code('certificate_unavailable'));
    expect(await last('certificate.refused')).toMatchObject({ reason: 'badRequest' });
    // Not reached: what was begun stays, and is asked for again.
    const next = await one.told();
    scep.says = { kind: 'unavailable', detail: 'no route' };
    await expect(one.obtain(next)).rejects.toEqual(code('certificate_unavailable'));
    scep.says = undefined;
    expect((await one.obtain(next)).deviceId).toBe(next.common_name);
    scep.challenge = undefined;
    const other = await phone();
    await expect(other.obtain()).rejects.toEqual(code('certificate_unavailable'));
    expect(await last('certificate.refused')).toMatchObject({ reason: 'no challenge password: no page' });
  });

  test('answers in SHA-1 are taken where an owner says so, certificates in SHA-1 never', async () => {
    const { deps, scep, change, phone } = await begin();
    expect((await change()).scep?.accept_sha1_answers).toBe(false);
    expect(await last('certificate_authority.source_changed')).toMatchObject({ accept_sha1_answers: false });
    const one = await phone();
    await one.obtain(await one.told());
    // As earlier releases wrote them.
    const { settings } = await db()
      .read.selectFrom('certificate_sources')
      .select('settings')
      .executeTakeFirstOrThrow();
    const { accept_sha1_answers: _, ...old } = JSON.parse(settings) as Record<string, unknown>;
    await db().write((tx) =>
      tx
        .updateTable('certificate_sources')
        .set({ settings: JSON.stringify(old) })
        .execute(),
    );
    expect((await getCertificateSource(deps, null)).scep?.accept_sha1_answers).toBe(false);
    const before = await phone();
    await before.obtain(await before.told());
    expect((await change({ accept_sha1_answers: true })).scep?.accept_sha1_answers).toBe(true);
    expect(await last('certificate_authority.source_changed')).toMatchObject({ accept_sha1_answers: true });
    const other = await phone();
    const wanted = await other.told();
    const issued = scep.authority.issue(wanted.common_name, other.publicKey, { digest: 'sha1' });
    scep.says = { kind: 'issued', certificates: [issued] };
    await expect(other.obtain(wanted)).rejects.toEqual(code('certificate_unavailable'));
    expect(scep.asked.map(({ acceptSha1 }) => acceptSha1)).toEqual([false, false, true]);
    expect(await last('certificate.refused')).toMatchObject({
      reason: expect.stringContaining('not signed with SHA-256') as string,
    });
  });

  test('an answer of before, played again, gives nothing and bars nothing', async () => {
    const { scep, change, phone, deps } = await begin();
    await change();
    const one = await phone('dev_0191');
    const { certificate } = await one.obtain(await one.told());
    const der = Buffer.from(certificate.pem.replace(/-----[^-]+-----/g, ''), 'base64');
    await db().write(async (tx) => {
      await insertDeviceCertificate(tx, 'dev_0191', certificate);
      await forgetObtained(tx, one.keyThumbprint);
    });
    scep.says = { kind: 'issued', certificates: [der] };
    expect((await one.obtain(await one.told())).certificate.serial).toBe(certificate.serial);
    await db().write((tx) => tx.updateTable('certificates').set({ revoked_at: deps.clock.now() }).execute());
    await expect(one.obtain(await one.told())).rejects.toEqual(code('certificate_unavailable'));
    expect((await last('certificate.refused'))?.['reason']).toMatch(/revoked here before/);
    scep.says = undefined;
    expect((await one.obtain(await one.told())).certificate.serial).not.toBe(certificate.serial);
  });

  test('a server that knows of no polling is asked anew; one that lets wait is polled whatever it says meanwhile', async () => {
    const { scep, change, phone } = await begin();
    await change();
    const one = await phone();
    const refused = () => expect(one.obtain()).rejects.toEqual(code('certificate_unavailable'));
    const wanted = await one.told();
    scep.says = { kind: 'unavailable', detail: 'no route' };
    await expect(one.obtain(wanted)).rejects.toEqual(code('certificate_unavailable'));
    scep.says = { kind: 'senseless', detail: 'it answers HTTP 500' };
    await refused();
    scep.says = { kind: 'pending' };
    const next = await one.told();
    await expect(one.obtain(next)).rejects.toEqual(code('certificate_pending'));
    scep.says = { kind: 'senseless', detail: 'it answers HTTP 500' };
    await refused();
    await refused();
    scep.says = undefined;
    expect((await one.obtain()).deviceId).toBe(next.common_name);
    expect(scep.asked.map(({ ask }) => ask)).toEqual(['enrol', 'poll', 'enrol', 'poll', 'poll', 'poll']);
    // What was said in SHA-1 proves no waiting.
    await change({ accept_sha1_answers: true });
    const other = await phone();
    scep.says = { kind: 'pending' };
    await expect(other.obtain(await other.told())).rejects.toEqual(code('certificate_pending'));
    scep.says = { kind: 'senseless', detail: 'it answers HTTP 500' };
    await expect(other.obtain()).rejects.toEqual(code('certificate_unavailable'));
    await other.told();
  });

  test('tried again while the first call waits, the phone forgets nothing of what is under way', async () => {
    const { scep, change, phone, clock } = await begin();
    await change();
    const refused = (tried: Promise<unknown>) =>
      expect(tried).rejects.toEqual(code('certificate_unavailable'));
    const senseless = { kind: 'senseless', detail: 'it answers HTTP 500' } as const;
    const one = await phone();
    const wanted = await one.told();
    scep.beforeAnswer = async () => {
      scep.beforeAnswer = async () => undefined;
      scep.says = senseless;
      await refused(one.obtain());
      scep.says = undefined;
    };
    const { certificate } = await one.obtain(wanted);
    expect(scep.asked.map(({ ask }) => ask)).toEqual(['enrol', 'poll']);
    expect(await one.obtain()).toMatchObject({ deviceId: wanted.common_name, certificate });
    // A call that takes longer than anybody waits is over; what was begun instead is another's.
    const other = await phone();
    const first = await other.told();
    let next: unknown;
    scep.beforeAnswer = async () => {
      scep.beforeAnswer = async () => undefined;
      clock.turn(10_000);
      scep.says = senseless;
      await refused(other.obtain());
      next = await other.told();
      scep.says = { kind: 'refused', detail: 'badRequest' };
    };
    await refused(other.obtain(first));
    scep.challenge = 'challenge 2';
    expect(await other.told()).toEqual(next);
  });

  test('a challenge password is told for ten minutes, and nothing outlasts other settings', async () => {
    const { deps, scep, change, phone, clock } = await begin();
    await change();
    const one = await phone('dev_0190');
    const wanted = await one.told();
    expect(wanted.common_name).toBe('dev_0190');
    scep.challenge = 'challenge 2';
    clock.turn(9 * minute);
    expect(await one.told()).toEqual(wanted);
    clock.turn(minute);
    const next = await one.told();
    expect(next.challenge_password).toBe('challenge 2');
    await expect(one.obtain(wanted)).rejects.toEqual(code('certificate_request_differs'));
    // Issued under the settings of before, while they were changed.
    scep.beforeAnswer = async () => {
      scep.beforeAnswer = async () => undefined;
      await change({ challenge: 'none', challenge_url: '' });
    };
    await one.obtain(next);
    expect((await one.told()).challenge_password).toBeNull();
    const rows = () => db().read.selectFrom('certificate_enrolments').select('key_thumbprint').execute();
    clock.turn(31 * day);
    const late = await phone();
    await late.told();
    expect(await rows()).toEqual([{ key_thumbprint: late.keyThumbprint }]);
    await changeCertificateSource(deps, actor, null, { from: 'own' }, never);
    expect((await late.obtain()).certificate.authorityId).toBe((await deps.authorities.current()).id);
  });
});

test('what a third party issued is judged whole', () => {
  const authority = foreignAuthority('Corp Devices');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = 1_790_000_000_000;
  const wanted = {
    ...{ deviceId: 'dev_1', publicKey, now },
    authority: { id: 'ca', certificate: authority.pem, issuers: ['root'] },
  };
  const judge = (...given: Parameters<typeof authority.issue>) =>
    judgeIssued([Buffer.from('junk'), authority.issue(...given)], wanted);
  expect(judge('dev_1', publicKey)).toMatchObject({ authorityId: 'ca', chain: [authority.pem, 'root'] });
  expect(judge('dev_2', publicKey)).toMatch(/names “CN=dev_2”/);
  expect(judge('dev_1', publicKey, { purpose: 'serverAuthentication' })).toMatch(/client authentication/);
  expect(judge('dev_1', publicKey, { digest: 'sha1' })).toMatch(/not signed with SHA-256/);
  expect(judge('dev_1', publicKey, { notAfter: now })).toMatch(/does not hold now/);
  expect(judge('dev_1', publicKey, { notBefore: now + 6 * minute })).toMatch(/does not hold now/);
});
