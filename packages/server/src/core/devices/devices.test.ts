// Devices as administrators handle them, and devices that call.
import { newKey, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import { type ProofOverrides, signProof } from '@countersign/testkit/soft-authenticator/proof.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Problem } from '#platform/problem.ts';
import { authenticateDevice, authenticateNewKey, mayStillCall } from './authenticate-device.ts';
import { changeDevice } from './change-device.ts';
import {
  addApplication,
  addDevice,
  addUser,
  auditOf,
  type TestDeps,
  testDeps,
} from './devices.test-support.ts';
import { getDevice } from './get-device.ts';
import { listDevices } from './list-devices.ts';
import { revokeDevice } from './revoke-device.ts';
import { pruneProofs, rememberProof } from './used-proofs.ts';

const actor = { kind: 'console' } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('devices', (db) => {
  let deps: TestDeps;
  beforeAll(() => {
    deps = testDeps(db());
  });

  const onboarded = async () => {
    const application = await addApplication(deps);
    const user = await addUser(deps, application.id);
    const key = await newKey();
    return { application, user, key, device: await addDevice(deps, user.id, publicPart(key)) };
  };
  const url = 'https://mfa.example.com/v1/device';
  const callBy = async (key: Awaited<ReturnType<typeof newKey>>, overrides?: ProofOverrides) => {
    const call = { method: 'GET', url, body: undefined, source: '192.0.2.1' };
    return { ...call, header: await signProof(key, { ...call, now: deps.clock.at }, overrides) };
  };

  describe('administration', () => {
    test('lists newest first, page by page, only what is visible', async () => {
      const { application, user } = await onboarded();
      for (let i = 0; i < 4; i++) {
        deps.clock.at++;
        await addDevice(deps, user.id, undefined, { name: `Phone ${i}`, key_thumbprint: `${user.id}-${i}` });
      }
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listDevices(deps, application.id, { limit: 2, cursor });
        names.push(...page.items.map(({ name }) => name));
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      expect(names).toEqual(['Phone 3', 'Phone 2', 'Phone 1', 'Phone 0', 'Phone']);
      expect((await listDevices(deps, null, { limit: 50, user_id: user.id })).items).toHaveLength(5);
      const other = await addApplication(deps);
      expect((await listDevices(deps, other.id, { limit: 50 })).items).toEqual([]);
      await expect(listDevices(deps, null, { limit: 2, cursor: 'x' })).rejects.toEqual(
        problem('invalid_request'),
      );
    });

    test('shows exactly what the contract says', async () => {
      const { device, application } = await onboarded();
      const { Device } = await import('@countersign/contract/models.ts');
      const shown = await getDevice(deps, application.id, device.id);
      expect(Device.strict().parse(shown)).toEqual(shown);
      expect(shown).toMatchObject({ id: device.id, certificate_serial: device.certificate_serial });
    });

    test('what lies outside the caller’s application is not found', async () => {
      const { device } = await onboarded();
      const { id } = await addApplication(deps);
      const refused = problem('not_found');
      await expect(getDevice(deps, id, device.id)).rejects.toEqual(refused);
      await expect(changeDevice(deps, actor, id, device.id, { name: 'x' })).rejects.toEqual(refused);
      await expect(revokeDevice(deps, actor, id, device.id)).rejects.toEqual(refused);
      await expect(getDevice(deps, null, 'dev_none')).rejects.toEqual(refused);
      expect(await auditOf(deps, device.id)).toEqual([]);
    });

    test('renames', async () => {
      const { device } = await onboarded();
      expect(await changeDevice(deps, actor, null, device.id, { name: 'Tablet' })).toMatchObject({
        name: 'Tablet',
      });
      await changeDevice(deps, actor, null, device.id, { name: 'Tablet' });
      expect((await getDevice(deps, null, device.id)).name).toBe('Tablet');
      expect(await auditOf(deps, device.id)).toEqual(['device.changed']);
    });

    test('revokes device and certificate once, however often it is asked', async () => {
      const { device } = await onboarded();
      await Promise.all(Array.from({ length: 5 }, () => revokeDevice(deps, actor, null, device.id)));
      expect((await getDevice(deps, null, device.id)).revoked_at).toBe(deps.clock.at);
      const certificate = await db()
        .read.selectFrom('certificates')
        .selectAll()
        .where('device_id', '=', device.id)
        .executeTakeFirstOrThrow();
      expect(certificate).toMatchObject({ revoked_at: deps.clock.at, revocation_reason: 5 });
      expect(await auditOf(deps, device.id)).toEqual(['device.revoked']);
    });
  });

  describe('a call', () => {
    test('is known by its key', async () => {
      const { device, key, user, application } = await onboarded();
      expect(await authenticateDevice(deps, await callBy(key))).toMatchObject({
        id: device.id,
        signingKey: publicPart(key),
        user: { id: user.id, requestsHeld: false },
        application: { id: application.id, accessId: application.access_id },
      });
    });

    test('works once: of many at the same time exactly one', async () => {
      const { key } = await onboarded();
      const call = await callBy(key);
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => authenticateDevice(deps, call)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(authenticateDevice(deps, call)).rejects.toEqual(problem('proof_invalid'));
      expect(deps.refusals.at(-1)?.cause).toBe('used_before');
    });

    test('is noted at most once a minute', async () => {
      const { key, device } = await onboarded();
      const seen = async () => {
        await authenticateDevice(deps, await callBy(key));
        return (await getDevice(deps, null, device.id)).last_seen_at;
      };
      const first = deps.clock.at;
      expect(await seen()).toBe(first);
      deps.clock.at = first + 59_999;
      expect(await seen()).toBe(first);
      deps.clock.at = first + 60_000;
      expect(await seen()).toBe(first + 60_000);
    });

    test('that is not admitted leaves nothing behind', async () => {
      const { key, device } = await onboarded();
      const rows = () =>
        db()
          .read.selectFrom('proofs')
          .selectAll()
          .where('key_thumbprint', '=', device.key_thumbprint)
          .execute();
      const asked: string[] = [];
      const refuse = (id: string) => {
        asked.push(id);
        throw new Problem('too_many_requests');
      };
      await expect(authenticateDevice(deps, await callBy(key), refuse)).rejects.toEqual(
        problem('too_many_requests'),
      );
      expect(asked).toEqual([device.id]);
      expect(await rows()).toEqual([]);
      expect((await getDevice(deps, null, device.id)).last_seen_at).toBeNull();
      await authenticateDevice(deps, await callBy(key), () => {});
      expect(await rows()).toHaveLength(1);
    });

    test('with a clock that is off is told so', async () => {
      const { key } = await onboarded();
      const call = await callBy(key, { claims: { iat: Math.floor(deps.clock.at / 1000) - 120 } });
      await expect(authenticateDevice(deps, call)).rejects.toEqual(problem('proof_stale'));
    });

    test('is refused with one code, and the cause is told to the operator', async () => {
      const causes: [string, () => Promise<unknown>][] = [];
      const { key, device, user, application } = await onboarded();
      const set = (table: 'devices' | 'users' | 'applications', id: string, values: object) => () =>
        db().write((tx) => tx.updateTable(table).set(values).where('id', '=', id).execute());
      const setCertificate = (values: object) => () =>
        db().write((tx) =>
          tx.updateTable('certificates').set(values).where('device_id', '=', device.id).execute(),
        );
      const { not_before, not_after } = await db()
        .read.selectFrom('certificates')
        .selectAll()
        .where('device_id', '=', device.id)
        .executeTakeFirstOrThrow();
      causes.push(['application_disabled', set('applications', application.id, { enabled: 0 })]);
      causes.push(['user_disabled', set('users', user.id, { enabled: 0 })]);
      causes.push(['certificate_dates', setCertificate({ not_after: deps.clock.at - 1 })]);
      causes.push(['certificate_dates', setCertificate({ not_after, not_before: deps.clock.at + 1 })]);
      causes.push(['certificate_revoked', setCertificate({ not_before, revoked_at: 1 })]);
      causes.push(['device_revoked', set('devices', device.id, { revoked_at: 1 })]);
      expect(await mayStillCall(deps, { keyThumbprint: device.key_thumbprint })).toBe(true);
      for (const [cause, spoil] of causes) {
        await spoil();
        const call = await callBy(key);
        await expect(authenticateDevice(deps, call)).rejects.toEqual(problem('proof_invalid'));
        expect(await mayStillCall(deps, { keyThumbprint: device.key_thumbprint })).toBe(false);
        expect(deps.refusals.at(-1)).toMatchObject({ cause, deviceId: device.id });
      }
      await expect(authenticateDevice(deps, await callBy(await newKey()))).rejects.toEqual(
        problem('proof_invalid'),
      );
      expect(deps.refusals.at(-1)?.cause).toBe('unknown_key');
    });

    test('of a stranger leaves nothing behind, until it is known to be invited', async () => {
      const key = await newKey();
      const count = async () => (await db().read.selectFrom('proofs').selectAll().execute()).length;
      const before = await count();
      await authenticateDevice(deps, await callBy(key)).catch(() => {});
      expect(await count()).toBe(before);
      const call = await callBy(key);
      const [one, two] = [authenticateNewKey(deps, call), authenticateNewKey(deps, call)];
      expect(one.jwk).toEqual(publicPart(key));
      expect(await count()).toBe(before);
      const used = await Promise.allSettled([one.useUp(), two.useUp()]);
      expect(used.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(authenticateNewKey(deps, call).useUp()).rejects.toEqual(problem('proof_invalid'));
      expect(await count()).toBe(before + 1);
      expect(() => authenticateNewKey(deps, { ...call, header: undefined })).toThrow(
        problem('proof_invalid'),
      );
    });
  });

  test('expired proofs are all forgotten, batch by batch, the others are kept', async () => {
    await db().write((tx) => tx.deleteFrom('proofs').execute());
    for (let i = 0; i < 7; i++)
      await rememberProof(deps, { thumbprint: 'key', jti: `old-${i}`, expiresAt: deps.clock.at - 1 });
    await rememberProof(deps, { thumbprint: 'key', jti: 'new', expiresAt: deps.clock.at });
    let batches = 0;
    const counted: typeof deps.db = {
      ...deps.db,
      read: deps.db.read,
      write: (work) => {
        batches++;
        return deps.db.write(work);
      },
    };
    expect(await pruneProofs({ ...deps, db: counted }, { rows: 2 })).toBe(7);
    expect(batches).toBe(4);
    const many = Array.from({ length: 12_000 }, (_, i) => ({
      key_thumbprint: 'many',
      jti: `old-${i}`,
      expires_at: deps.clock.at - 1,
    }));
    await db().write(async (tx) => {
      for (let i = 0; i < many.length; i += 1000)
        await tx
          .insertInto('proofs')
          .values(many.slice(i, i + 1000))
          .execute();
    });
    expect(await pruneProofs(deps)).toBe(12_000);
    expect(await pruneProofs(deps)).toBe(0);
    expect(await rememberProof(deps, { thumbprint: 'key', jti: 'new', expiresAt: deps.clock.at })).toBe(
      false,
    );
    expect(await rememberProof(deps, { thumbprint: 'other key', jti: 'new', expiresAt: deps.clock.at })).toBe(
      true,
    );
  });
});
