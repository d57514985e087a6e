// A certificate that is revoked takes the device with it that holds it: whoever has no other is not asked for a minute in vain.
import { newKey, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import { signProof } from '@countersign/testkit/soft-authenticator/proof.ts';
import { expect, test } from 'vitest';
import { approved, createEngine } from '#core/authentication/login.test-support.ts';
import { authenticateDevice } from '#core/devices/authenticate-device.ts';
import { addDevice, auditOf, testDeps } from '#core/devices/devices.test-support.ts';
import { getDevice } from '#core/devices/get-device.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { revokeCertificate } from './revoke-certificate.ts';

const actor = { kind: 'console' } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('revoking the certificate of a device', (db) => {
  const bound = async () => {
    const engine = await createEngine(db());
    const deps = testDeps(db());
    const { id, username } = await engine.newUser({ devices: 0 });
    const key = await newKey();
    const device = await addDevice(deps, id, publicPart(key));
    const call = async () => {
      const request = { method: 'GET', url: 'https://mfa.example.com/v1/device', body: undefined };
      const header = await signProof(key, { ...request, now: deps.clock.at });
      return authenticateDevice(deps, { ...request, header, source: '192.0.2.1' });
    };
    const revoke = (serial = device.certificate_serial, by: Grantor = 'everything', visible?: string) =>
      revokeCertificate(deps, actor, visible ?? null, serial, by);
    const events = async () => [
      await auditOf(deps, device.id),
      (await getDevice(deps, null, device.id)).revoked_at,
    ];
    return { engine, deps, username, device, call, revoke, events };
  };

  test('removes it: the next login is refused at once, and the phone is told so', async () => {
    const { engine, deps, username, call, revoke, events } = await bound();
    await engine.end((await engine.asked(username)).requestId, approved);
    await call();
    const all = await Promise.allSettled([revoke(), revoke(), revoke()]);
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await events()).toEqual([['certificate.revoked', 'device.revoked'], deps.clock.at]);
    expect(await engine.begin(username)).toMatchObject({ kind: 'rejected', reason: 'no_device' });
    await expect(call()).rejects.toEqual(problem('proof_invalid'));
    expect(deps.refusals.at(-1)?.cause).toBe('device_revoked');
    await expect(revoke()).rejects.toEqual(problem('not_found'));
  });

  test('not when it held the certificate before', async () => {
    const { deps, device, call, revoke, events } = await bound();
    await db().write((tx) =>
      tx
        .insertInto('certificates')
        .values({
          ...{ serial: `0f${device.certificate_serial}`, authority_id: 'ca', device_id: device.id, pem: '' },
          ...{ subject: '', scep_request_id: null, not_before: 0, not_after: deps.clock.at + 1 },
          ...{ revoked_at: null, revocation_reason: null },
        })
        .execute(),
    );
    await revoke(`0f${device.certificate_serial}`);
    expect(await events()).toEqual([['certificate.revoked'], null]);
    await call();
  });

  test('not by whoever may not remove devices, or has one application only', async () => {
    const { engine, call, revoke, events } = await bound();
    const scopes = ['settings'] as const;
    await expect(revoke(undefined, { scopes, applicationId: null })).rejects.toEqual(problem('forbidden'));
    const id = engine.application.id;
    await expect(
      revoke(undefined, { scopes: ['settings', 'devices'], applicationId: id }, id),
    ).rejects.toEqual(problem('not_found'));
    expect(await events()).toEqual([[], null]);
    await call();
    await revoke(undefined, { scopes: ['settings', 'devices'], applicationId: null });
    expect(await events()).toMatchObject([['certificate.revoked', 'device.revoked'], expect.any(Number)]);
  });
});
