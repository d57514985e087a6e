// Older devices learn of a new one, and refuse it while it waits or cannot approve yet; not the other way round, and not for ever.
import { beforeAll, expect, test } from 'vitest';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { addDevice, auditOf } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { ApplicationTable } from '#db/application-tables.ts';
import type { DeviceTable } from '#db/device-tables.ts';
import type { UserTable } from '#db/user-tables.ts';
import { type Enrolment, openEnrolment } from './enrolment.test-support.ts';
import { listNewcomers, refuseNewcomer } from './newcomers.ts';

const password = 'correct horse';
const credentials = { kind: 'simple_credentials', username: 'alice', password } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });
const hour = 3_600_000;

onBothDatabases('newcomers', (db) => {
  let it: Enrolment;
  let told: { id: string; userId: string }[];
  beforeAll(async () => {
    it = await openEnrolment(db());
    told = [];
    Object.assign(it.deps, { tellDevices: (newcomer: (typeof told)[number]) => told.push(newcomer) });
  });

  const calling = (
    row: DeviceTable,
    user: UserTable,
    application: ApplicationTable,
  ): AuthenticatedDevice => ({
    id: row.id,
    name: row.name,
    signingKey: JSON.parse(row.signing_key) as AuthenticatedDevice['signingKey'],
    encryptionKey: JSON.parse(row.encryption_key) as AuthenticatedDevice['encryptionKey'],
    keyThumbprint: row.key_thumbprint,
    certificateSerial: row.certificate_serial,
    certificateExpiresAt: 0,
    approvesFrom: row.approves_from,
    user: { id: user.id, username: user.username, fullName: '', requestsHeld: false },
    application: { ...application, accessId: application.access_id },
  });
  const rowOf = (id: string) =>
    db().read.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  const open = async (fields: Partial<ApplicationTable> = {}) => {
    const limits = { device_mode: 'multiple', device_limit: 3 } as const;
    const application = await it.application(['simple_credentials'], { ...limits, ...fields });
    const user = await it.user(application, { password });
    const row = await addDevice(it.deps, user.id, undefined, {
      name: 'Old phone',
      key_thumbprint: user.id,
      certificate_serial: user.id,
    });
    const phone = await it.phone(application);
    await phone.begin();
    await phone.give(credentials);
    return { application, user, old: calling(row, user, application), phone };
  };
  const bind = async ({ phone, user, application }: Awaited<ReturnType<typeof open>>) => {
    await phone.give({ kind: 'administrator_approval' });
    await it.approve(phone.id, user.id);
    const { device_id: id } = await phone.complete();
    return { id, device: calling(await rowOf(id), user, application) };
  };

  test('one that waits for an administrator is told of and refused; the process ends for good', async () => {
    const { old, phone, user } = await open();
    expect(await listNewcomers(it.deps, old)).toEqual([]);
    await phone.give({ kind: 'administrator_approval' });
    expect(told.at(-1)).toEqual({ id: phone.id, userId: user.id });
    const before = told.length;
    await phone.give({ kind: 'administrator_approval' });
    expect(told).toHaveLength(before);
    expect(await it.stepsOf(phone.id)).toContain('old_devices_told');
    expect(await listNewcomers(it.deps, old)).toMatchObject([
      { id: phone.id, name: 'New phone', state: 'waiting', until: null },
    ]);
    await refuseNewcomer(it.deps, old, phone.id);
    expect(await it.show(phone.id)).toMatchObject({ status: 'refused', ending: 'refused_on_device' });
    expect((await it.stepsOf(phone.id)).at(-1)).toBe('refused_by_device');
    expect(await auditOf(it.deps, phone.id)).toContain('onboarding.refused');
    await expect(refuseNewcomer(it.deps, old, phone.id)).rejects.toEqual(problem('not_found'));
    await expect(it.approve(phone.id, user.id)).rejects.toEqual(problem('process_ended'));
  });

  test('one that waits its time is told of as well', async () => {
    const { old, phone, user } = await open({ new_device_wait_seconds: 3600 });
    await phone.give({ kind: 'administrator_approval' });
    await it.approve(phone.id, user.id);
    expect(told.slice(-2)).toEqual([
      { id: phone.id, userId: user.id },
      { id: phone.id, userId: user.id },
    ]);
    const until = (await phone.look()).ready_at;
    expect(await listNewcomers(it.deps, old)).toMatchObject([{ state: 'waiting', until }]);
    await refuseNewcomer(it.deps, old, phone.id);
    await expect(phone.complete()).rejects.toEqual(problem('process_ended'));
  });

  test('with a cool-down it cannot approve, is refused by the older one, and refuses nobody itself', async () => {
    const opened = await open({ new_device_cool_down_seconds: 3600 });
    const { old, phone } = opened;
    const { id, device } = await bind(opened);
    const until = it.deps.clock.at + hour;
    expect(device.approvesFrom).toBe(until);
    expect((await it.stepsOf(phone.id)).slice(-3)).toEqual(['completed', 'old_devices_told', 'cool_down']);
    expect(await listNewcomers(it.deps, old)).toMatchObject([{ id, state: 'cooling', until }]);
    expect(await listNewcomers(it.deps, device)).toEqual([]);
    for (const target of [old.id, id])
      await expect(refuseNewcomer(it.deps, device, target)).rejects.toEqual(problem('not_found'));
    await refuseNewcomer(it.deps, old, id);
    expect((await rowOf(id)).revoked_at).not.toBeNull();
    expect(await listNewcomers(it.deps, old)).toEqual([]);
  });

  test('once it may approve only an administrator removes it, and after a week it is no news', async () => {
    const opened = await open({ new_device_cool_down_seconds: 3600 });
    const { id, device } = await bind(opened);
    it.deps.clock.at += hour;
    expect(await listNewcomers(it.deps, opened.old)).toMatchObject([{ id, state: 'bound', until: null }]);
    await expect(refuseNewcomer(it.deps, opened.old, id)).rejects.toEqual(problem('newcomer_settled'));
    // The older one is no newcomer to the new one.
    await expect(refuseNewcomer(it.deps, device, opened.old.id)).rejects.toEqual(problem('not_found'));
    it.deps.clock.at += 7 * 24 * hour;
    expect(await listNewcomers(it.deps, opened.old)).toEqual([]);
  });

  test('strangers, removed devices and the first device of a user', async () => {
    const opened = await open({ new_device_cool_down_seconds: 3600 });
    const other = await open();
    const { id } = await bind(opened);
    await expect(refuseNewcomer(it.deps, other.old, id)).rejects.toEqual(problem('not_found'));
    await db().write((tx) =>
      tx.updateTable('devices').set({ revoked_at: 1 }).where('id', '=', opened.old.id).execute(),
    );
    await expect(refuseNewcomer(it.deps, opened.old, id)).rejects.toEqual(problem('not_found'));
    const application = await it.application(['simple_credentials'], { new_device_cool_down_seconds: 3600 });
    await it.user(application, { password });
    const phone = await it.phone(application);
    await phone.begin();
    await phone.give(credentials);
    const first = await phone.complete();
    expect((await rowOf(first.device_id)).approves_from).toBeNull();
  });

  test('a device whose answer was lost, closed and opened anew, finds that it is bound and gets the same', async () => {
    const application = await it.application(['simple_credentials']);
    await it.user(application, { password });
    const phone = await it.phone(application);
    await phone.begin();
    await phone.give(credentials);
    const bound = await phone.complete();
    expect(await phone.begin()).toMatchObject({ process_id: phone.id, status: 'completed', next: null });
    expect(await phone.complete()).toEqual({ ...bound, server_time: it.deps.clock.at });
    await db().write((tx) =>
      tx.updateTable('devices').set({ revoked_at: 1 }).where('id', '=', bound.device_id).execute(),
    );
    await expect(phone.begin()).rejects.toEqual(problem('device_key_in_use'));
  });
});
