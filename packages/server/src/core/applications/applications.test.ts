import { randomUUID } from 'node:crypto';
import { ids, NewApplication, NewUser } from '@countersign/contract/models.ts';
import type { ApplicationRisk } from '@countersign/contract/requirement-kinds.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantDevice,
  plantPendingRequest,
  standingOf,
} from '#core/audit/administration.test-support.ts';
import { createUser } from '#core/users/create-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeApplication } from './change-application.ts';
import { createApplication } from './create-application.ts';
import { deleteApplication } from './delete-application.ts';
import { findApplication, findApplicationByAccessId } from './find-application.ts';
import { getApplication } from './get-application.ts';
import { listApplications } from './list-applications.ts';

onBothDatabases('applications', (db) => {
  const clock = createHandClock();
  const deps = () => ({ ...administrationDeps(db(), clock), passwords: createPasswords() });
  const create = (name: string) => createApplication(deps(), actor, null, NewApplication.parse({ name }));
  const plantUser = async (applicationId: string, username: string) =>
    createUser(deps(), actor, null, NewUser.parse({ application_id: applicationId, username }));

  test('created, it has the defaults, ids of the right form and an audit event', async () => {
    const made = await create('Created VPN');
    expect(made).toMatchObject({ name: 'Created VPN', request_seconds: 60, device_limit: 1, enabled: true });
    expect(ids.application.parse(made.id)).toBe(made.id);
    expect(await getApplication(deps(), null, made.id)).toEqual(made);
    expect(await findApplication(db().read, made.id)).toMatchObject({ name_key: 'created vpn' });
    expect(await findApplicationByAccessId(db().read, made.access_id.toUpperCase())).toMatchObject({
      id: made.id,
    });
    expect(await findApplicationByAccessId(db().read, randomUUID())).toBeUndefined();
    expect((await auditTrail(db())).at(-1)).toEqual({
      event: 'application.created',
      subject_id: made.id,
      application_id: made.id,
      actor_kind: 'console',
      data: { name: 'Created VPN', second_factor: 'push', user_verification: 'off' },
    });
  });

  test('what an approval as second factor leaves open is read first, by whichever detour it comes', async () => {
    const make = (name: string, more: object) =>
      createApplication(deps(), actor, null, NewApplication.parse({ name, second_factor: 'none', ...more }));
    const { id } = await make('Detour', { device_mode: 'multiple', device_limit: 2 });
    const requirements = JSON.stringify([{ kind: 'simple_credentials', settings: {} }]);
    const row = { application_id: id, revision: 1, requirements, updated_at: 1 };
    await db().write((tx) => tx.insertInto('application_requirements').values(row).execute());
    const ask = (...acknowledged: ApplicationRisk[]) =>
      changeApplication(deps(), actor, null, id, { second_factor: 'push', acknowledged });
    await expect(ask()).rejects.toMatchObject({
      code: 'risk_not_acknowledged',
      fields: [{ message: 'more_devices' }, { message: 'password_binds_device' }],
    });
    await expect(ask('more_devices')).rejects.toMatchObject({
      fields: [{ message: 'password_binds_device' }],
    });
    expect(await ask('more_devices', 'password_binds_device')).toMatchObject({ second_factor: 'push' });
    expect((await auditTrail(db())).at(-1)?.data).toMatchObject({
      ...{ changed: ['second_factor'], acknowledged: ['more_devices', 'password_binds_device'] },
      ...{ second_factor: 'push', second_factor_before: 'none' },
    });
    // It is so already, and nobody is asked again.
    await changeApplication(deps(), actor, null, id, { request_seconds: 30, device_limit: 3 });
  });

  test('what is not said about it, the settings say', async () => {
    const values = { ...(await deps().settings.values()), request_seconds: 120, device_limit: 3 };
    const settings = { values: async () => values, forget: () => undefined };
    const make = (input: object) =>
      createApplication({ ...deps(), settings }, actor, null, NewApplication.parse(input));
    const lacking = { code: 'risk_not_acknowledged', fields: [{ message: 'more_devices' }] };
    await expect(make({ name: 'By settings' })).rejects.toMatchObject(lacking);
    const read = { acknowledged: ['more_devices'] };
    expect(await make({ name: 'By settings', ...read })).toMatchObject({
      ...{ request_seconds: 120, device_limit: 3, device_mode: 'multiple' },
    });
    expect((await auditTrail(db())).at(-1)?.data).toMatchObject(read);
    expect(await make({ name: 'By itself', request_seconds: 30, second_factor: 'none' })).toMatchObject({
      request_seconds: 30,
      device_limit: 3,
    });
  });

  test('a name is taken whatever its case and Unicode form', async () => {
    await create('Fiber');
    for (const name of ['FIBER', '\ufb01ber', '\uff26iber'])
      await expect(create(name)).rejects.toMatchObject({ code: 'name_taken', fields: [{ field: 'name' }] });
    const other = await create('Other');
    await expect(changeApplication(deps(), actor, null, other.id, { name: 'fiber' })).rejects.toMatchObject({
      code: 'name_taken',
    });
    expect(await changeApplication(deps(), actor, null, other.id, { name: 'OTHER' })).toMatchObject({
      name: 'OTHER',
    });
  });

  test('of two that take one name at once, one is refused', async () => {
    const results = await Promise.allSettled([create('Race'), create('race'), create('RACE')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'name_taken' });
  });

  test('a change touches only what it names, and tells of it', async () => {
    const made = await create('Changed');
    clock.turn(1000);
    const changed = await changeApplication(deps(), actor, made.id, made.id, {
      request_seconds: 90,
      device_limit: 1,
      name: undefined,
    });
    expect(changed).toEqual({ ...made, request_seconds: 90, updated_at: clock.now() });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'application.changed',
      data: { changed: ['request_seconds'] },
    });
    const events = (await auditTrail(db())).length;
    clock.turn(1000);
    expect(await changeApplication(deps(), actor, null, made.id, { request_seconds: 90 })).toEqual(changed);
    expect(await auditTrail(db())).toHaveLength(events);
  });

  test('disabling it cancels the logins that wait', async () => {
    const made = await create('Disabled');
    const user = await plantUser(made.id, 'alice');
    await plantPendingRequest(db(), { id: 'req_disabled', applicationId: made.id, userId: user.id });
    await changeApplication(deps(), actor, null, made.id, { enabled: false });
    expect(await standingOf(db(), 'req_disabled')).toMatchObject({ request: { status: 'cancelled' } });
  });

  test('deleted, its users and devices go, certificates are revoked and waiting logins end', async () => {
    const made = await create('Deleted');
    const other = await create('Not deleted');
    const user = await plantUser(made.id, 'alice');
    const stranger = await plantUser(other.id, 'alice');
    await plantDevice(db(), user.id, 'dev_deleted');
    await plantDevice(db(), stranger.id, 'dev_other');
    await plantPendingRequest(db(), { id: 'req_deleted', applicationId: made.id, userId: user.id });
    await plantPendingRequest(db(), { id: 'req_other', applicationId: other.id, userId: stranger.id });
    clock.turn(1000);
    await deleteApplication(deps(), actor, null, made.id);

    await expect(getApplication(deps(), null, made.id)).rejects.toMatchObject({ code: 'not_found' });
    const certificates = await db().read.selectFrom('certificates').selectAll().orderBy('serial').execute();
    expect(certificates).toMatchObject([
      { device_id: 'dev_deleted', revoked_at: clock.now(), revocation_reason: 5 },
      { device_id: 'dev_other', revoked_at: null, revocation_reason: null },
    ]);
    const devices = await db().read.selectFrom('devices').select('id').execute();
    expect(devices).toEqual([{ id: 'dev_other' }]);
    expect(await standingOf(db(), 'req_deleted')).toMatchObject({
      request: { status: 'cancelled', reason: 'cancelled', decided_at: clock.now(), updated_at: clock.now() },
      challenge: { status: 'cancelled', decided_at: clock.now() },
      steps: ['received', 'cancelled'],
    });
    expect(await standingOf(db(), 'req_other')).toMatchObject({
      request: { status: 'pending' },
      challenge: { status: 'pending' },
      steps: ['received'],
    });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'application.deleted',
      subject_id: made.id,
      data: { name: 'Deleted', certificates_revoked: 1, requests_cancelled: 1 },
    });
  });

  test('a caller bound to one application sees no other and makes none', async () => {
    const [own, foreign] = [await create('Own'), await create('Foreign')];
    expect(await getApplication(deps(), own.id, own.id)).toEqual(own);
    expect(await listApplications(deps(), own.id, { limit: 50 })).toEqual({ items: [own], nextCursor: null });
    for (const attempt of [
      () => getApplication(deps(), own.id, foreign.id),
      () => changeApplication(deps(), actor, own.id, foreign.id, { enabled: false }),
      () => deleteApplication(deps(), actor, own.id, foreign.id),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      createApplication(deps(), actor, own.id, NewApplication.parse({ name: 'Another' })),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect(await getApplication(deps(), null, foreign.id)).toEqual(foreign);
  });

  test('pages follow each other by name without gap or repetition', async () => {
    const all = await listApplications(deps(), null, { limit: 200 });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listApplications(deps(), null, { limit: 2, cursor });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(all.items.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(5);
  });

  test('a cursor from elsewhere is refused', async () => {
    const cursors = ['x', 'eyJhIjoxfQ', Buffer.from('["a\\u0000","b"]').toString('base64url')];
    for (const cursor of cursors)
      await expect(listApplications(deps(), null, { limit: 2, cursor })).rejects.toMatchObject({
        code: 'invalid_request',
        fields: [{ field: 'cursor' }],
      });
  });
});
