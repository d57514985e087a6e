// Records of devices in a directory in memory: what is written there and how often, and what a sync takes from it. C-60, C-61, C-62, C-65.
import type { UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import { StartSync } from '@countersign/contract/user-source-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { endThePast } from '#core/backups/end-the-past.ts';
import { addDevice } from '#core/devices/devices.test-support.ts';
import { listDevices } from '#core/devices/list-devices.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { getUser } from '#core/users/get-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { changeUserSource } from '../change-user-source.ts';
import { createUserSource } from '../create-user-source.ts';
import type { DirectoryUser, RewriteAnswer } from '../directory.ts';
import { getSync } from '../follow-syncs.ts';
import { getUserSource } from '../list-user-sources.ts';
import { lookUpUser } from '../look-up-user.ts';
import { memoryDirectory, newSource, person } from '../memory-directory.test-support.ts';
import { createSyncRunner } from '../start-sync.ts';
import { createRecordWriter } from './write-records.ts';

const p256 = async () => {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty: 'EC', crv: 'P-256', x, y } as const;
};

const sorted = (texts: readonly (string | undefined)[]): readonly string[] =>
  texts.map(String).toSorted((a, b) => (a < b ? -1 : 1));

onBothDatabases('records of devices in the directory', (db) => {
  let count = 0;
  async function begin(more: object = { device_attribute: 'description' }) {
    const application = `app_records_${++count}`;
    await plantApplications(db(), application);
    // Those of the test before.
    await db().write((tx) => tx.updateTable('user_sources').set({ enabled: 0 }).execute());
    await db().write((tx) =>
      tx.updateTable('applications').set({ device_limit: 2 }).where('id', '=', application).execute(),
    );
    await db().write((tx) =>
      tx
        .insertInto('certificate_authorities')
        .values({
          ...{
            id: 'authority',
            kind: 'single',
            certificate: '',
            issuers: '[]',
            private_key: '',
            crl_number: 1,
          },
          ...{ crl: null, crl_revoked_count: 0, crl_this_update: 0, crl_next_update: 0, created_at: 0 },
        })
        .onConflict((c) => c.doNothing())
        .execute(),
    );
    const directory = memoryDirectory();
    const clock = createHandClock();
    const told: RewriteAnswer['kind'][] = [];
    const recordsWritten = (_: string, result: RewriteAnswer['kind']) => void told.push(result);
    const base = {
      ...administrationDeps(db(), clock),
      directory,
      passwords: createPasswords(),
      recordsWritten,
    };
    const deps = { ...base, syncs: createSyncRunner(base, (error) => expect.unreachable(String(error))) };
    const source = await createUserSource(deps, actor, null, application, newSource(more));
    directory.people.set(source.id, [person('alice')]);
    const sync = async (input: object = {}): Promise<UserSourceSyncWithChanges> => {
      clock.turn(1000);
      const { id, ended } = await deps.syncs.begin(actor, null, source.id, StartSync.parse(input));
      await ended;
      return getSync(deps, null, id);
    };
    const alice = async () => {
      const user = await db()
        .read.selectFrom('users')
        .select('id')
        .where('application_id', '=', application)
        .where('username', '=', 'alice')
        .executeTakeFirstOrThrow();
      return user.id;
    };
    await sync();
    const writer = createRecordWriter(deps);
    const write = async () => {
      clock.turn(61_000);
      await writer.run();
    };
    const records = (): readonly string[] => directory.people.get(source.id)?.[0]?.records ?? [];
    const setRecords = (values: readonly string[]) => {
      const people = directory.people.get(source.id) ?? [];
      directory.people.set(source.id, [{ ...(people[0] as DirectoryUser), records: values }]);
    };
    const testing = { ...deps, journal: undefined as never, proofRefused: () => undefined, refusals: [] };
    const bind = async (fields = {}) =>
      addDevice(testing as never, await alice(), await p256(), { created_at: clock.now(), ...fields });
    const devices = async () => {
      const { items } = await listDevices(deps, null, { user_id: await alice(), limit: 50 });
      return items.filter(({ revoked_at: at }) => at === null).map(({ id }) => id);
    };
    /** As if the database had been restored from a backup made before that device was bound. */
    const forget = (deviceId: string) =>
      db().write(async (tx) => {
        await tx.deleteFrom('devices').where('id', '=', deviceId).execute();
        await tx.deleteFrom('certificates').where('device_id', '=', deviceId).execute();
        await endThePast(tx, deps, actor);
      });
    const statesOf = () => records().map((text) => / state=(\w+)/.exec(text)?.[1]);
    return {
      ...{
        application,
        directory,
        clock,
        deps,
        source,
        sync,
        alice,
        writer,
        write,
        records,
        setRecords,
        bind,
      },
      ...{ devices, forget, statesOf, told },
    };
  }

  test('C-60: per user the API tells the devices and the last login', async () => {
    const { deps, alice, bind, devices, clock } = await begin({});
    const device = await bind();
    const at = clock.now();
    await db().write(async (tx) =>
      tx
        .updateTable('users')
        .set({ last_authenticated_at: at })
        .where('id', '=', await alice())
        .execute(),
    );
    expect(await getUser(deps, null, await alice())).toMatchObject({
      device_count: 1,
      last_authenticated_at: at,
    });
    expect(await devices()).toEqual([device.id]);
  });

  test('C-62: the database alone, where no attribute is set', async () => {
    const { bind, write, records, directory, source, deps } = await begin({});
    expect(source).toMatchObject({ device_attribute: '', device_records: null });
    await bind();
    await write();
    await write();
    expect([directory.writes, records()]).toEqual([0, []]);
    expect((await getUserSource(deps, null, source.id)).device_records).toBeNull();
  });

  test('an attribute that people are known or let in by is refused', async () => {
    const { deps, source } = await begin({});
    const change = (changes: object) => changeUserSource(deps, actor, null, source.id, changes);
    const refused = { code: 'invalid_request', fields: [{ field: 'device_attribute' }] };
    await expect(change({ device_attribute: 'UserPassword' })).rejects.toMatchObject(refused);
    await expect(change({ device_attribute: 'mail;lang-en' })).rejects.toMatchObject(refused);
    for (const name of ['rfc822Mailbox', 'UserID', 'commonName', 'surname', '2.5.4.35', '2.5.4.3;binary'])
      await expect(change({ device_attribute: name }), name).rejects.toMatchObject(refused);
    await expect(change({ attribute_email: 'rfc822', device_attribute: 'RFC822' })).rejects.toMatchObject(
      refused,
    );
    const radius = newSource({
      kind: 'radius',
      name: 'R',
      bind_name: '',
      base_dn: '',
      device_attribute: 'url',
    });
    expect(radius.device_attribute).toBe('url');
    await expect(createUserSource(deps, actor, null, source.application_id, radius)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await change({ device_attribute: 'url' })).toMatchObject({ device_attribute: 'url' });
  });

  test('C-61: a device, its removal and the last login are written, each once', async () => {
    const { bind, write, records, setRecords, directory, statesOf, deps, source, clock, alice, devices } =
      await begin();
    setRecords([
      'somebody’s own note',
      'countersign:1 application=app_other device=dev_x state=active mac=x',
    ]);
    const device = await bind({ name: 'Alice’s phone state=revoked' });
    await write();
    expect(statesOf()).toEqual([undefined, 'active', 'active']);
    expect(records()[2]).toMatch(
      new RegExp(
        `^countersign:1 application=\\S+ device=${device.id} state=active name=Alice\\S+ .* mac=\\S{43}$`,
      ),
    );
    expect((await getUserSource(deps, null, source.id)).device_records).toEqual({
      written: 1,
      failed: 0,
      failure: null,
    });
    await write();
    await write();
    expect(directory.writes).toBe(1);
    const { user } = await lookUpUser(deps, actor, null, source.id, {
      username: 'alice',
      signal: new AbortController().signal,
    });
    expect(Object.keys(user ?? {})).not.toContain('records');

    await revokeDevice(deps, actor, null, device.id);
    await write();
    expect(statesOf()).toEqual([undefined, 'active', 'revoked']);
    expect(directory.writes).toBe(2);
    expect(await devices()).toEqual([]);

    const login = async () =>
      db().write(async (tx) =>
        tx
          .updateTable('users')
          .set({ last_authenticated_at: clock.now() })
          .where('id', '=', await alice())
          .execute(),
      );
    await login();
    await write();
    expect(directory.writes).toBe(2);
    clock.turn(900_000);
    await write();
    expect(directory.writes).toBe(3);
    expect(records().at(-1)).toMatch(/ state=login last_login=\d{4}-\d\d-\d\dT\d\d:\d\dZ mac=/);
    for (let minute = 0; minute < 30; minute += 1) {
      await login();
      await write();
    }
    expect(directory.writes).toBeLessThanOrEqual(6);
    expect(records()).toHaveLength(4);
  });

  test('it is tried again with growing pauses, and the source says what failed', async () => {
    const { bind, write, directory, source, deps, clock, told, writer, statesOf } = await begin();
    await bind();
    directory.down.add(source.id);
    for (let round = 0; round < 10; round += 1) await write();
    expect(told.length).toBeLessThan(6);
    expect((await getUserSource(deps, null, source.id)).device_records).toEqual({
      written: 0,
      failed: 1,
      failure: 'nobody is there',
    });
    directory.down.clear();
    clock.turn(6 * 3_600_000);
    await writer.run();
    await writer.run();
    expect(statesOf()).toEqual(['active']);
    expect((await getUserSource(deps, null, source.id)).device_records).toMatchObject({
      failed: 0,
      failure: null,
    });
  });

  test('of several nodes one writes, at most once a minute; one that is killed is followed by the next', async () => {
    const { alice, bind, deps, directory, clock, statesOf } = await begin();
    await bind();
    clock.turn(61_000);
    const nodes = [1, 2, 3].map(() => createRecordWriter(deps));
    await Promise.all(nodes.map((node) => node.run()));
    expect(directory.writes).toBe(1);
    await bind();
    // Killed: it had claimed the user, and nothing was written down any more.
    let killed: () => void = () => undefined;
    const lost = new Promise<RewriteAnswer>((resolve) => {
      killed = () => resolve({ kind: 'unavailable', detail: 'killed' });
    });
    const dying = createRecordWriter({ ...deps, directory: { rewrite: () => lost } });
    clock.turn(61_000);
    const end = dying.run();
    const userId = await alice();
    const nextTry = async () => {
      const rows = db().read.selectFrom('directory_records').select('next_try_at');
      return Number((await rows.where('user_id', '=', userId).executeTakeFirst())?.next_try_at);
    };
    await expect.poll(nextTry).toBeGreaterThan(clock.now());
    dying.stop();
    killed();
    await end;
    await createRecordWriter(deps).run();
    expect(directory.writes).toBe(1);
    clock.turn(61_000);
    await createRecordWriter(deps).run();
    expect([directory.writes, statesOf()]).toEqual([2, ['active', 'active']]);
  });

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
    const { bind, write, sync, deps, source, records, setRecords, forget, devices, alice } = await begin();
    const phone = await bind();
    await write();
    const { openRecord, writeRecord } = await import('./device-record.ts');
    const owner = {
      ...{ installationId: 'ins_test', applicationId: source.application_id },
      ...{ sourceId: source.id, guid: 'guid of alice' },
    };
    const opened = openRecord(deps.vault, owner, records()[0] ?? '');
    if (opened.kind !== 'genuine' || opened.record.kind !== 'active') expect.unreachable('it is ours');
    const { record } = opened;
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

  test('as many devices as a device limit may allow are written, and come back', async () => {
    const { bind, write, sync, forget, devices, statesOf, application, directory } = await begin();
    await db().write((tx) =>
      tx.updateTable('applications').set({ device_limit: 20 }).where('id', '=', application).execute(),
    );
    const all: string[] = [];
    while (all.length < 20) all.push((await bind()).id);
    await write();
    expect(statesOf()).toHaveLength(20);
    await sync();
    await write();
    expect(directory.writes).toBe(1);
    for (const id of all) await forget(id);
    await sync();
    expect(sorted(await devices())).toEqual(sorted(all));
  });

  test('no device comes back to a user whose phone signs an administrator in', async () => {
    const { bind, write, forget, sync, devices, alice } = await begin();
    const [lost, kept] = [await bind(), await bind()];
    await write();
    await forget(lost.id);
    const id = `adm_${await alice()}`;
    const owner = {
      ...{ id, username: id, username_key: id, role: 'owner' as const, enabled: 1 as const },
      ...{ password_hash: null, phone_user_id: await alice(), last_signed_in_at: null },
      ...{ created_at: 1, updated_at: 1 },
    };
    await db().write((tx) => tx.insertInto('administrators').values(owner).execute());
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'device_not_restored' }]);
    expect(await devices()).toEqual([kept.id]);
    await db().write((tx) => tx.deleteFrom('administrators').where('id', '=', id).execute());
    expect((await sync()).changes).toMatchObject([{ fields: ['device_restored'] }]);
  });

  test('what another user source wrote is not used, and is written anew', async () => {
    const { bind, write, sync, deps, source, records, setRecords, forget, devices, statesOf } = await begin();
    const phone = await bind();
    const { openRecord, writeRecord } = await import('./device-record.ts');
    await write();
    const owner = {
      ...{ installationId: 'ins_test', applicationId: source.application_id },
      ...{ sourceId: source.id, guid: 'guid of alice' },
    };
    const opened = openRecord(deps.vault, owner, records()[0] ?? '');
    if (opened.kind !== 'genuine') expect.unreachable('it is ours');
    await forget(phone.id);
    const theirs = writeRecord(deps.vault, { ...owner, sourceId: 'src_deleted' }, opened.record);
    setRecords([theirs]);
    expect((await sync()).changes).toMatchObject([{ kind: 'skipped', skip: 'record_not_genuine' }]);
    expect(await devices()).toEqual([]);
    await bind({ name: 'Second' });
    await write();
    expect(records()).not.toContain(theirs);
    expect(statesOf()).toEqual(['active']);
  });

  test('C-65: two installations with one key write beside each other', async () => {
    const { bind, write, records, setRecords, deps, clock, alice, statesOf, source } = await begin();
    const here = await bind();
    await write();
    // What the other one wrote: a device that is not known here yet.
    const id = newId(deps, 'dev');
    const { writeRecord } = await import('./device-record.ts');
    const owner = {
      installationId: 'ins_test',
      applicationId: (await getUser(deps, null, await alice())).application_id,
      sourceId: source.id,
      guid: 'guid of alice',
    };
    const theirs = writeRecord(deps.vault, owner, {
      kind: 'revoked',
      deviceId: id,
      name: 'Theirs',
      revokedAt: 1,
    });
    setRecords([...records(), theirs]);
    await revokeDevice(deps, actor, null, here.id);
    await bind({ created_at: clock.now() });
    await write();
    expect(records()).toContain(theirs);
    expect(sorted(statesOf())).toEqual(['active', 'revoked', 'revoked']);
  });
});
