// Rules of enrolment: how many devices a user may have, what becomes of the old one, how long a new one waits; and the requirements themselves.
import * as model from '@countersign/contract/onboarding-models.ts';
import { RequirementList } from '@countersign/contract/requirements.ts';
import { beforeAll, expect, test } from 'vitest';
import { addDevice, auditOf } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { anna, type Enrolment, openEnrolment } from './enrolment.test-support.ts';
import { getEnrolment } from './get-enrolment.ts';
import { getRequirements } from './get-requirements.ts';
import { putRequirements } from './put-requirements.ts';

const password = 'correct horse';
const credentials = { kind: 'simple_credentials', username: 'alice', password } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('rules of enrolment', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });
  const withDevices = async (
    fields: NonNullable<Parameters<Enrolment['application']>[1]>,
    devices = 1,
    user_limit: number | null = null,
  ) => {
    const application = await it.application(['simple_credentials'], fields);
    const user = await it.user(application, { password, device_limit: user_limit });
    const old = [];
    for (let i = 0; i < devices; i += 1)
      old.push(
        await addDevice(it.deps, user.id, undefined, {
          key_thumbprint: `${user.id} ${i}`,
          certificate_serial: `${user.id} ${i}`,
        }),
      );
    const phone = await it.phone(application);
    await phone.begin();
    return { application, user, old, phone };
  };
  const approved = async (phone: Awaited<ReturnType<Enrolment['phone']>>, userId: string) => {
    await phone.give(credentials);
    await phone.give({ kind: 'administrator_approval' });
    await it.approve(phone.id, userId);
  };
  const left = async (userId: string) => {
    const rows = await db()
      .read.selectFrom('devices')
      .select('id')
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => id);
  };

  test('single: who has a device gets no other, and is told after proving who it is', async () => {
    const { phone } = await withDevices({ device_mode: 'single' });
    expect(await phone.give(credentials)).toMatchObject({
      status: 'refused',
      ending: 'device_limit_reached',
    });
    expect((await phone.begin()).status).toBe('open');
  });

  test('single: the own limit of a user overrides it', async () => {
    const { user, phone } = await withDevices({ device_mode: 'single' }, 1, 2);
    await approved(phone, user.id);
    await phone.complete();
    expect(await left(user.id)).toHaveLength(2);
  });

  test('override: the new device takes the place of the old one, once it is bound', async () => {
    const { user, old, phone } = await withDevices({ device_mode: 'override' });
    await approved(phone, user.id);
    expect(await left(user.id)).toEqual(old.map(({ id }) => id));
    const bound = await phone.complete();
    expect(await left(user.id)).toEqual([bound.device_id]);
    expect(await auditOf(it.deps, old[0]?.id ?? '')).toEqual(['device.revoked']);
    expect((await it.stepsOf(phone.id)).slice(-2)).toEqual(['completed', 'devices_replaced']);
  });

  test('override: a user who may have none gets none', async () => {
    const { phone } = await withDevices({ device_mode: 'override', device_limit: 0 }, 0);
    expect(await phone.give(credentials)).toMatchObject({
      status: 'refused',
      ending: 'device_limit_reached',
    });
  });

  test('multiple: as many as the limit says', async () => {
    const { user, phone } = await withDevices({ device_mode: 'multiple', device_limit: 2 });
    await approved(phone, user.id);
    await phone.complete();
    expect(await left(user.id)).toHaveLength(2);
    const more = await withDevices({ device_mode: 'multiple', device_limit: 2 }, 2);
    expect(await more.phone.give(credentials)).toMatchObject({ status: 'refused' });
  });

  test('the last place is given away once', async () => {
    const { application, user, phone } = await withDevices({ device_mode: 'multiple', device_limit: 2 });
    const other = await it.phone(application);
    await other.begin();
    await approved(phone, user.id);
    await approved(other, user.id);
    const ends = await Promise.allSettled([phone.complete(), other.complete()]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await left(user.id)).toHaveLength(2);
    const refused = ends[0].status === 'rejected' ? phone : other;
    await expect(refused.complete()).rejects.toEqual(problem('device_limit_reached'));
    expect((await refused.look()).status).toBe('open');
  });

  test('another device waits its time, a first one does not', async () => {
    const waits = { device_mode: 'multiple', device_limit: 3, new_device_wait_seconds: 86_400 } as const;
    const { user, phone } = await withDevices(waits);
    await approved(phone, user.id);
    const ready = await phone.look();
    expect(ready).toMatchObject({ may_complete: false, next: null });
    expect(ready.ready_at).toBe(it.deps.clock.at + 86_400_000);
    expect((await it.show(phone.id)).waits_for).toBe('time');
    await expect(phone.complete()).rejects.toEqual(problem('requirements_unmet'));
    it.deps.clock.at += 86_400_000;
    expect((await phone.look()).may_complete).toBe(true);
    await phone.complete();
    const first = await withDevices(waits, 0);
    expect((await first.phone.give(credentials)).may_complete).toBe(true);
  });

  test('requirements: default, revision, risk, audit', async () => {
    const application = await it.application(['manual']);
    const fresh = await it.application(['simple_credentials']);
    const own = await db().write(async (tx) => {
      await tx.deleteFrom('application_requirements').where('application_id', '=', fresh.id).execute();
      return getRequirements({ db: db(), publicUrl: 'https://mfa.example.com' }, null, fresh.id).catch(
        String,
      );
    });
    expect(typeof own).toBe('object');
    const shown = await getRequirements(it.deps, null, application.id);
    expect(model.Requirements.strict().parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      revision: 1,
      risks: [],
      enrolment_link: `https://mfa.example.com/onboard#application=${application.access_id}`,
    });
    const { unmeetable } = shown;
    expect(unmeetable.map(({ kind }) => kind)).toEqual([
      'simple_credentials',
      'sms',
      'email_code',
      'openid_connect',
    ]);
    await it.user(application, { password: 'correct horse' });
    expect((await getRequirements(it.deps, null, application.id)).unmeetable).toEqual(unmeetable.slice(1));
    const requirements = RequirementList.parse([{ kind: 'simple_credentials' }]);
    const put = (revision: number, acknowledged: model.RequirementsChange['acknowledged'] = []) =>
      putRequirements(it.deps, anna.actor, null, application.id, { revision, requirements, acknowledged });
    await expect(put(1)).rejects.toEqual(problem('risk_not_acknowledged'));
    await expect(put(0, ['password_binds_device'])).rejects.toEqual(problem('changed_meanwhile'));
    const both = await Promise.allSettled([
      put(1, ['password_binds_device']),
      put(1, ['password_binds_device']),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await getRequirements(it.deps, null, application.id)).toMatchObject({
      revision: 2,
      risks: [{ code: 'password_binds_device' }],
    });
    expect(await auditOf(it.deps, application.id)).toEqual(['requirements.changed', 'requirements.changed']);
    await expect(getRequirements(it.deps, 'app_other', application.id)).rejects.toEqual(problem('not_found'));
    const offer = await getEnrolment(it.deps, application.access_id.toUpperCase());
    expect(offer.requirements).toEqual([{ kind: 'simple_credentials' }]);
    await expect(getEnrolment(it.deps, '00000000-0000-4000-8000-000000000000')).rejects.toEqual(
      problem('not_found'),
    );
  });
});

test('a list has at least one kind, each once, and begins with one that says who it is', () => {
  const isFine = (...kinds: string[]) => RequirementList.safeParse(kinds.map((kind) => ({ kind }))).success;
  expect(isFine('manual')).toBe(true);
  expect(isFine('simple_credentials', 'manual')).toBe(true);
  expect(isFine()).toBe(false);
  expect(isFine('manual', 'manual')).toBe(false);
  expect(isFine('administrator_approval')).toBe(false);
  expect(isFine('existing_device', 'manual')).toBe(false);
  expect(isFine('telepathy')).toBe(false);
});
