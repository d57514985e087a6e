// A device renews its certificate: when it is time, once however often it asks, and never when it may not call.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import { X509Certificate } from 'node:crypto';
import { newCertificateRequest, newKey, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import { readOnboardingLink } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import * as device from '@countersign/contract/device-models.ts';
import { beforeAll, expect, test } from 'vitest';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { currentRevocationList } from '#core/certificates/revocation-list.ts';
import { addApplication, addUser, auditOf, testDeps } from '#core/devices/devices.test-support.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createBus } from '#platform/bus.ts';
import { createOnboardingLink } from './create-onboarding-link.ts';
import { onboardDevice } from './onboard-device.ts';
import { certificateRenewAt, renewCertificate } from './renew-certificate.ts';
import { revokeCertificate } from './revoke-certificate.ts';

const actor = { kind: 'console' } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });
const day = 86_400_000;

async function openDeps(db: Db) {
  const deps = testDeps(db);
  await db.write((tx) => createCertificateAuthority(tx, deps, 'Example'));
  return { ...deps, bus: createBus(), authorities: openAuthorities(deps), scep: noScep };
}

onBothDatabases('renewal of a device’s certificate', (db) => {
  let deps: Awaited<ReturnType<typeof openDeps>>;
  beforeAll(async () => {
    deps = await openDeps(db());
  });

  const bind = async () => {
    const application = await addApplication(deps);
    const user = await addUser(deps, application.id);
    const input = { user_id: user.id, valid_seconds: 600 };
    const { link } = await createOnboardingLink(deps, actor, null, input, 'everything');
    const key = await newKey();
    const signingKey = publicPart(key);
    const certificate_request = await newCertificateRequest(key);
    const bound = await onboardDevice(
      deps,
      { jwk: signingKey, useUp: async () => {} },
      {
        ticket: readOnboardingLink(link).ticket,
        certificate_request,
        encryption_key: publicPart(await newKey()),
        device: { name: 'Phone', platform: 'web', app_version: '1' },
      },
    );
    const caller = {
      id: bound.device_id,
      signingKey,
      user: { ...{ id: user.id, username: 'alice', fullName: '' }, requestsHeld: false },
      application: { id: application.id, name: '', accessId: '', logo: null, background: null },
    };
    const renew = (request = certificate_request) =>
      renewCertificate(deps, caller, { certificate_request: request });
    return { bound, caller, renew };
  };
  const revokedOf = (id: string) =>
    db()
      .read.selectFrom('certificates')
      .select('revocation_reason')
      .where('device_id', '=', id)
      .where('revoked_at', 'is not', null)
      .execute();
  const serialOf = (pem: string) => new X509Certificate(pem).serialNumber.toLowerCase();

  test('before two thirds of its life it gets the one it has', async () => {
    const { bound, caller, renew } = await bind();
    const begun = deps.clock.at;
    const dueAt = await certificateRenewAt(deps, caller);
    expect(dueAt).toBeGreaterThan(begun + 485 * day);
    expect(dueAt).toBeLessThan(begun + 488 * day);
    deps.clock.at = dueAt - 1;
    const same = await renew();
    expect(device.OwnCertificate.strict().parse(same)).toEqual(same);
    expect(same.certificate).toBe(bound.certificate);
    expect(await auditOf(deps, bound.device_id)).toEqual(['device.onboarded']);
  });

  test('many calls at once make one; the one before is revoked as superseded and stands on the list', async () => {
    const { bound, caller, renew } = await bind();
    deps.clock.at = await certificateRenewAt(deps, caller);
    const all = await Promise.all(Array.from({ length: 4 }, () => renew()));
    const [first] = all;
    expect(new Set(all.map(({ certificate }) => certificate)).size).toBe(1);
    expect(first?.certificate).not.toBe(bound.certificate);
    expect(first?.certificate_expires_at).toBeGreaterThan(deps.clock.at + 729 * day);
    expect(first?.certificate_renew_at).toBeGreaterThan(deps.clock.at + 485 * day);
    const renewed = new X509Certificate(first?.certificate ?? '');
    expect(renewed.subject).toBe(`CN=${bound.device_id}`);
    expect(renewed.publicKey.equals(new X509Certificate(bound.certificate).publicKey)).toBe(true);
    expect((await renew()).certificate).toBe(first?.certificate);
    expect(await auditOf(deps, bound.device_id)).toEqual(['device.onboarded', 'certificate.renewed']);
    expect(await revokedOf(bound.device_id)).toEqual([{ revocation_reason: 4 }]);
    const list = Buffer.from((await currentRevocationList(deps, await deps.authorities.current())).der);
    expect(list.includes(serialOf(bound.certificate), 0, 'hex')).toBe(true);
    expect(list.includes(serialOf(first?.certificate ?? ''), 0, 'hex')).toBe(false);
    await revokeDevice(deps, actor, null, bound.device_id);
    expect(await revokedOf(bound.device_id)).toHaveLength(2);
  });

  test('only for its own key', async () => {
    const { caller, renew } = await bind();
    deps.clock.at = await certificateRenewAt(deps, caller);
    for (const request of [await newCertificateRequest(await newKey()), 'x'])
      await expect(renew(request)).rejects.toEqual(problem('certificate_request_invalid'));
  });

  test('not of a device or a certificate that was revoked meanwhile, and both at once end revoked', async () => {
    const removed = await bind();
    const locked = await bind();
    const both = await bind();
    deps.clock.at = await certificateRenewAt(deps, both.caller);
    await revokeDevice(deps, actor, null, removed.bound.device_id);
    await expect(removed.renew()).rejects.toEqual(problem('proof_invalid'));
    await revokeCertificate(deps, actor, null, serialOf(locked.bound.certificate), 'everything');
    await expect(locked.renew()).rejects.toEqual(problem('proof_invalid'));
    await Promise.allSettled([both.renew(), revokeDevice(deps, actor, null, both.bound.device_id)]);
    const good = await db()
      .read.selectFrom('certificates')
      .select('serial')
      .where('device_id', '=', both.bound.device_id)
      .where('revoked_at', 'is', null)
      .execute();
    expect(good).toEqual([]);
  });

  test('near the authority’s own end nothing is made that would not last longer', async () => {
    deps.clock.at = (await deps.authorities.current()).notAfter - 100 * day;
    const { bound, caller, renew } = await bind();
    deps.clock.at = await certificateRenewAt(deps, caller);
    expect((await renew()).certificate).toBe(bound.certificate);
  });
});
