// What a sync takes from records of devices in a directory in memory: a phone that comes back, and who does not. C-65.
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantOwnerWithPhoneOf,
} from '#core/audit/administration.test-support.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { changeUserSource } from '../change-user-source.ts';
import { getUserSource } from '../list-user-sources.ts';
import { writeRecord } from './device-record.ts';
import { openRecords, sorted } from './records.test-support.ts';

onBothDatabases('records of devices, read back', (db) => {
  const begin = (more?: object) => openRecords(db(), more);

  test('a phone bound since the backup comes back with all that it had, and what was removed stays removed', async () => {
    const { bind, write, forget, sync, devices, deps, clock, records } = await begin();
    const lost = await bind({ name: 'Lost' });
    const phone = await bind({ approves_from: clock.now() + 3_600_000, created_at: clock.now() + 1 });
    await db().write((tx) =>
      tx
        .insertInto('verification_credentials')
        .values({
          ...{ device_id: phone.id, credential_id: 'Y3JlZA', public_key: 'a2V5', sign_count: 7 },
          ...{ created_at: clock.now(), last_used_at: null },
        })
        .execute(),
    );
    await revokeDevice(deps, actor, null, lost.id);
    await write();
    const before = await db()
      .read.selectFrom('devices')
      .selectAll()
      .where('id', '=', phone.id)
      .executeTakeFirstOrThrow();
    await forget(phone.id);
    await db().write((tx) =>
      tx.updateTable('devices').set({ revoked_at: null }).where('id', '=', lost.id).execute(),
    );
    await write();
    expect(records().filter((text) => text.includes(lost.id) && text.includes('state=revoked'))).toHaveLength(
      1,
    );

    expect(await sync({ dry_run: true })).toMatchObject({
      changes: [{ kind: 'changed', username: 'alice', fields: ['device_restored', 'device_revoked'] }],
    });
    expect(await devices()).toEqual([lost.id]);
    expect((await sync()).changes).toMatchObject([{ fields: ['device_restored', 'device_revoked'] }]);
    expect(await devices()).toEqual([phone.id]);
    const after = await db()
      .read.selectFrom('devices')
      .selectAll()
      .where('id', '=', phone.id)
      .executeTakeFirstOrThrow();
    expect(after).toEqual(before);
    expect(
      await db()
        .read.selectFrom('verification_credentials')
        .select(['credential_id', 'public_key', 'sign_count'])
        .where('device_id', '=', phone.id)
        .execute(),
    ).toEqual([{ credential_id: 'Y3JlZA', public_key: 'a2V5', sign_count: 0 }]);
    const events = (await auditTrail(db())).filter(({ subject_id: id }) => id === phone.id);
    expect(events.at(-1)).toMatchObject({
      event: 'device.restored',
      data: { source: 'Directory', name: 'Phone' },
    });
    expect((await sync()).changes).toEqual([]);
  });

  test('an old value brings no removed device back, and a changed one is told, not used, and mended', async () => {
    const { bind, write, sync, devices, deps, records, setRecords, forget, statesOf } = await begin();
    const phone = await bind();
    await write();
    const old = records();
    await revokeDevice(deps, actor, null, phone.id);
    await write();
    setRecords(old);
    expect((await sync()).changes).toEqual([]);
    expect(await devices()).toEqual([]);
    await write();
    expect(statesOf()).toEqual(['revoked']);

    const second = await bind({ created_at: 5 });
    await write();
    await forget(second.id);
    const [genuine = ''] = records().filter((text) => text.includes(second.id));
    const changed = genuine.replace('name=Phone', 'name=Other');
    setRecords([...records().filter((text) => text !== genuine), changed]);
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'record_not_genuine' }]);
    expect(await devices()).toEqual([]);
    await write();
    expect(records()).not.toContain(changed);
    setRecords([genuine]);
    expect((await sync()).changes).toMatchObject([{ fields: ['device_restored'] }]);
    expect(await devices()).toEqual([second.id]);
  });

  test('as many devices of a user as may call at once stay removed after a restore, those removed last', async () => {
    const { bind, write, sync, devices, forget, deps, clock } = await begin();
    const all: string[] = [];
    while (all.length < 21) all.push((await bind()).id);
    for (const id of all) {
      clock.turn(1);
      await revokeDevice(deps, actor, null, id);
    }
    await write();
    // The backup is from before all that.
    await forget(all[20] ?? '');
    await db().write((tx) => tx.updateTable('devices').set({ revoked_at: null }).execute());
    await write();
    await sync();
    // Of the one that was removed first nothing tells any more.
    expect(await devices()).toEqual(all.slice(0, 1));
  });

  test('a deleted user’s devices do not come back with the user, and become tombstones', async () => {
    const { bind, write, sync, devices, deps, alice, statesOf } = await begin();
    await bind();
    await write();
    await deleteUser(deps, actor, null, await alice());
    expect((await sync()).changes).toMatchObject([{ kind: 'created', fields: [] }]);
    expect(await devices()).toEqual([]);
    await bind();
    await write();
    expect(sorted(statesOf())).toEqual(['active', 'revoked']);
    await sync();
    expect(await devices()).toHaveLength(1);
  });

  test('no more devices come back than the user may have, nor those of an authority that is not known', async () => {
    const { bind, write, forget, sync, devices, clock, source, deps } = await begin();
    const all = [
      await bind(),
      await bind({ created_at: clock.now() + 1 }),
      await bind({ created_at: clock.now() + 2 }),
    ];
    await write();
    for (const { id } of all) await forget(id);
    expect((await sync()).changes).toMatchObject([
      { kind: 'changed', fields: ['device_restored'] },
      { kind: 'skipped', skip: 'device_not_restored' },
    ]);
    expect(sorted(await devices())).toEqual(sorted([all[1]?.id, all[2]?.id]));
    await write();
    for (const { id } of all) await forget(id);
    await db().write((tx) => tx.updateTable('certificate_authorities').set({ id: 'another' }).execute());
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'device_not_restored' }]);
    await db().write((tx) => tx.updateTable('certificate_authorities').set({ id: 'authority' }).execute());
    await changeUserSource(deps, actor, null, source.id, { device_attribute: '' });
    expect((await getUserSource(deps, null, source.id)).device_records).toBeNull();
    expect(
      await db()
        .read.selectFrom('directory_records')
        .select('user_id')
        .where('source_id', '=', source.id)
        .execute(),
    ).toEqual([]);
  });

  test('of several genuine versions of a device the newest comes back, whatever their order', async () => {
    const { bind, write, sync, deps, records, setRecords, forget, devices, alice, ...begun } = await begin();
    const { owner, firstRecord } = begun;
    const phone = await bind();
    await write();
    const record = firstRecord();
    if (record.kind !== 'active') expect.unreachable('it may call');
    const { certificate } = record;
    const verification = { credentialId: 'Y3JlZA', publicKey: 'a2V5', setUpAt: 7 };
    const older = { ...certificate, serial: 'older', notBefore: certificate.notBefore - 1000 };
    const versions = [
      { ...record, certificate: older, verification },
      { ...record, approvesFrom: 9 },
      { ...record, verification },
    ].map((version) => writeRecord(deps.vault, owner, version));
    const userId = await alice();
    for (const order of [versions, versions.toReversed()]) {
      await forget(phone.id);
      setRecords(order);
      expect((await sync()).changes).toMatchObject([{ fields: ['device_restored'] }]);
      expect(await devices()).toEqual([phone.id]);
      const known = await db()
        .read.selectFrom('devices as d')
        .innerJoin('verification_credentials as v', 'v.device_id', 'd.id')
        .select(['d.certificate_serial', 'v.credential_id'])
        .where('d.user_id', '=', userId)
        .execute();
      expect(known).toEqual([{ certificate_serial: certificate.serial, credential_id: 'Y3JlZA' }]);
    }
    await revokeDevice(deps, actor, null, phone.id);
    await deleteUser(deps, actor, null, userId);
    await sync();
    await bind({ name: 'Second' });
    await write();
    expect(records().filter((text) => text.includes(phone.id))).toHaveLength(1);
  });

  test('a device that another user has here is told, and stays with that user', async () => {
    const { bind, write, sync, devices, application } = await begin();
    const phone = await bind();
    await write();
    const other = newId(administrationDeps(db(), createHandClock()), 'usr');
    await db().write(async (tx) => {
      const user = await tx
        .selectFrom('users')
        .selectAll()
        .where('application_id', '=', application)
        .executeTakeFirstOrThrow();
      const named = { username: 'bob', external_guid: '' };
      const names = Object.keys(user).filter((name) => name.startsWith('username_'));
      const folded = Object.fromEntries(names.map((name) => [name, 'bob']));
      await tx
        .insertInto('users')
        .values({ ...user, ...named, ...folded, id: other })
        .execute();
      await tx.updateTable('devices').set({ user_id: other }).where('id', '=', phone.id).execute();
    });
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'device_not_restored' }]);
    expect(await devices()).toEqual([]);
  });

  test('no device comes back to a user whose phone signs an administrator in', async () => {
    const { bind, write, forget, sync, devices, alice } = await begin();
    const [lost, kept] = [await bind(), await bind()];
    await write();
    await forget(lost.id);
    const id = await plantOwnerWithPhoneOf(db(), await alice());
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'device_not_restored' }]);
    expect(await devices()).toEqual([kept.id]);
    await db().write((tx) => tx.deleteFrom('administrators').where('id', '=', id).execute());
    expect((await sync()).changes).toMatchObject([{ fields: ['device_restored'] }]);
  });

  test('what another user source wrote is not used, and is written anew', async () => {
    const { bind, write, sync, deps, records, setRecords, forget, devices, statesOf, ...begun } =
      await begin();
    const { owner, firstRecord } = begun;
    const phone = await bind();
    await write();
    const record = firstRecord();
    await forget(phone.id);
    const theirs = writeRecord(deps.vault, { ...owner, sourceId: 'src_deleted' }, record);
    setRecords([theirs]);
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'record_not_genuine' }]);
    expect(await devices()).toEqual([]);
    await bind({ name: 'Second' });
    await write();
    expect(records()).not.toContain(theirs);
    expect(statesOf()).toEqual(['active']);
  });
});
