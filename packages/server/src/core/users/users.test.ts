import { ids, NewUser, pageQuery, User } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
  plantDevice,
  plantPendingRequest,
  standingOf,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeUser } from './change-user.ts';
import { clearUserHold } from './clear-user-hold.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { findUser, findUserByName } from './find-user.ts';
import { getUser } from './get-user.ts';
import { listUsers } from './list-users.ts';
import { createPasswords } from './passwords.ts';

const application = 'app_one';
const otherApplication = 'app_two';

onBothDatabases('users', (db) => {
  const clock = createHandClock();
  const passwords = createPasswords();
  const deps = () => ({ ...administrationDeps(db(), clock), passwords });
  const create = (username: string, rest: Record<string, unknown> = {}) => {
    const input = NewUser.omit({ application_id: true }).parse({ username, ...rest });
    return createUser(deps(), actor, null, { application_id: application, ...input });
  };
  const teamNames = async () => {
    const rows = await db().read.selectFrom('teams').select('name').orderBy('name_key').execute();
    return rows.map(({ name }) => name);
  };

  beforeAll(() => plantApplications(db(), application, otherApplication, 'app_pages'));

  test('created, a user has the defaults, and the password is kept as hash only', async () => {
    const made = await create('Created', { password: 'correct horse', email: 'c@example.com' });
    expect(made).toMatchObject({
      username: 'Created',
      full_name: '',
      email: 'c@example.com',
      teams: [],
      enabled: true,
      device_limit: null,
      has_password: true,
      device_count: 0,
      requests_held: false,
      left_alone_until: null,
    });
    expect(ids.user.parse(made.id)).toBe(made.id);
    expect(Object.keys(made).sort()).toEqual(Object.keys(User.shape).sort());
    expect(await getUser(deps(), null, made.id)).toEqual(made);
    const row = await findUser(db().read, made.id);
    expect(await passwords.verify(row!.password_hash, 'correct horse')).toBe('correct');
    expect((await auditTrail(db())).slice(-2)).toMatchObject([
      {
        event: 'user.created',
        subject_id: made.id,
        application_id: application,
        data: { username: 'Created' },
      },
      { event: 'user.password_set', subject_id: made.id, data: { removed: false } },
    ]);
    expect(JSON.stringify(await auditTrail(db()))).not.toMatch(/argon2|correct horse/);
  });

  test('a user of an unknown application is not made', async () => {
    const input = NewUser.omit({ application_id: true }).parse({ username: 'nowhere' });
    await expect(
      createUser(deps(), actor, null, { ...input, application_id: 'app_none' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a user name is one name whatever its case and Unicode form, and found by any of them', async () => {
    const made = await create('alice');
    const same = ['ALICE', '\uff21lice', ' aLiCe ', 'ali\u200bce'];
    for (const name of same) {
      await expect(create(name)).rejects.toMatchObject({
        code: 'name_taken',
        fields: [{ field: 'username' }],
      });
      expect(await findUserByName(db().read, application, name)).toMatchObject({ id: made.id });
    }
    expect(await findUserByName(db().read, otherApplication, 'alice')).toBeUndefined();
    for (const name of ['alicia', '', 'alice\u0000', 'alice\n', '\u202ealice', '\ud800'])
      expect(await findUserByName(db().read, application, name)).toBeUndefined();
    const input = { ...NewUser.omit({ application_id: true }).parse({ username: 'ALICE' }) };
    await createUser(deps(), actor, null, { ...input, application_id: otherApplication });
  });

  test('a ligature is its letters; the Turkish dotted capital is not the plain letter', async () => {
    await create('\ufb01ona');
    await expect(create('FIONA')).rejects.toMatchObject({ code: 'name_taken' });
    await create('ibrahim');
    const turkish = await create('\u0130brahim');
    expect(await findUserByName(db().read, application, 'I\u0307BRAHIM')).toMatchObject({ id: turkish.id });
  });

  test('any user name is found by its capitals and its decomposed form', async () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('abcöéñжščåÅÇÉﬀｚ０９.-_')),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(letters, async (letter) => {
        const found = await findUserByName(db().read, application, letter);
        const id = found?.id ?? (await create(letter)).id;
        for (const form of [letter.toUpperCase(), letter.normalize('NFD'), letter.normalize('NFKC')])
          expect(await findUserByName(db().read, application, form)).toMatchObject({ id });
      }),
      { numRuns: 25 },
    );
  });

  test('of several that take one name at once, exactly one is made', async () => {
    const results = await Promise.allSettled(
      ['race', 'RACE', '\uff52ace', 'Race'].map((name) => create(name)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'name_taken' });
  });

  test('a change touches only what it names, and tells of it', async () => {
    const made = await create('changed', { full_name: 'Before', teams: ['Staff'] });
    clock.turn(1000);
    const changed = await changeUser(deps(), actor, null, made.id, {
      full_name: 'After',
      username: 'Changed',
      enabled: true,
    });
    expect(changed).toEqual({ ...made, full_name: 'After', username: 'Changed', updated_at: clock.now() });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user.changed',
      data: { changed: ['full_name', 'username'] },
    });
    const events = (await auditTrail(db())).length;
    clock.turn(1000);
    expect(await changeUser(deps(), actor, null, made.id, { full_name: 'After' })).toEqual(changed);
    expect(await auditTrail(db())).toHaveLength(events);
    await create('not changed');
    await expect(changeUser(deps(), actor, null, made.id, { username: 'NOT CHANGED' })).rejects.toMatchObject(
      { code: 'name_taken' },
    );
  });

  test('a password is set, replaced, removed with null, and else left alone', async () => {
    const made = await create('password');
    const hash = async () => (await findUser(db().read, made.id))?.password_hash ?? null;
    const check = async (password: string) => passwords.verify(await hash(), password);
    expect(made.has_password).toBe(false);
    await changeUser(deps(), actor, null, made.id, { password: 'first password' });
    expect(await check('first password')).toBe('correct');
    await changeUser(deps(), actor, null, made.id, { password: 'second password' });
    expect(await check('first password')).toBe('wrong');
    await changeUser(deps(), actor, null, made.id, { full_name: 'Still has it' });
    expect(await check('second password')).toBe('correct');
    expect(await changeUser(deps(), actor, null, made.id, { password: null })).toMatchObject({
      has_password: false,
    });
    expect(await hash()).toBeNull();
    const last = (await auditTrail(db())).at(-1);
    expect(last).toMatchObject({ event: 'user.password_set', data: { removed: true } });
    const events = (await auditTrail(db())).length;
    await changeUser(deps(), actor, null, made.id, { password: null });
    expect(await auditTrail(db())).toHaveLength(events);
  });

  test('teams are made on demand and go with their last member', async () => {
    const first = await create('team one', { teams: ['Zebra', 'Aardvark', 'ZEBRA'] });
    const second = await create('team two', { teams: ['zebra'] });
    expect(first.teams).toEqual(['Aardvark', 'Zebra']);
    expect(second.teams).toEqual(['Zebra']);
    expect(await teamNames()).toEqual(expect.arrayContaining(['Aardvark', 'Zebra']));
    const moved = await changeUser(deps(), actor, null, first.id, { teams: ['Yak'] });
    expect(moved.teams).toEqual(['Yak']);
    expect(await teamNames()).not.toContain('Aardvark');
    expect(await teamNames()).toContain('Zebra');
    await deleteUser(deps(), actor, null, second.id);
    expect(await teamNames()).not.toContain('Zebra');
    await changeUser(deps(), actor, null, first.id, { teams: [] });
    expect(await teamNames()).not.toContain('Yak');
  });

  test('while some leave a team and others join it, nobody’s membership is lost', async () => {
    const leavers = await Promise.all(
      [1, 2, 3].map((n) => create(`leaver ${n}`, { teams: ['Busy', `Old ${n}`] })),
    );
    const joiners = await Promise.all([1, 2, 3].map((n) => create(`joiner ${n}`)));
    await Promise.all([
      ...leavers.map(({ id }) => changeUser(deps(), actor, null, id, { teams: ['Quiet'] })),
      ...joiners.map(({ id }) => changeUser(deps(), actor, null, id, { teams: ['Quiet', 'Busy'] })),
    ]);
    for (const { id } of joiners)
      expect(await getUser(deps(), null, id)).toMatchObject({ teams: ['Busy', 'Quiet'] });
    for (const { id } of leavers) expect(await getUser(deps(), null, id)).toMatchObject({ teams: ['Quiet'] });
    expect((await teamNames()).filter((name) => name.startsWith('Old'))).toEqual([]);
  });

  test('only devices that are not revoked count', async () => {
    const made = await create('devices');
    await plantDevice(db(), made.id, 'dev_a');
    await plantDevice(db(), made.id, 'dev_b');
    await db().write((tx) =>
      tx.updateTable('devices').set({ revoked_at: 5 }).where('id', '=', 'dev_b').execute(),
    );
    expect(await getUser(deps(), null, made.id)).toMatchObject({ device_count: 1 });
  });

  test('a hold is cleared, and the audit keeps what was cleared', async () => {
    const made = await create('held');
    await db().write((tx) =>
      tx
        .updateTable('users')
        .set({ held_by_request_id: 'req_held', unanswered_streak: 4, left_alone_until: 77 })
        .where('id', '=', made.id)
        .execute(),
    );
    expect(await getUser(deps(), null, made.id)).toMatchObject({ requests_held: true, left_alone_until: 77 });
    expect(await clearUserHold(deps(), actor, null, made.id)).toMatchObject({
      requests_held: false,
      left_alone_until: null,
    });
    expect(await findUser(db().read, made.id)).toMatchObject({ unanswered_streak: 0 });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user.hold_cleared',
      subject_id: made.id,
      data: { held_by_request_id: 'req_held', left_alone_until: 77 },
    });
  });

  test('disabled or deleted, the user’s waiting logins end; deleted, the certificates are revoked', async () => {
    const [made, other] = [await create('deleted'), await create('bystander')];
    await plantDevice(db(), made.id, 'dev_deleted');
    await plantDevice(db(), other.id, 'dev_bystander');
    const plant = (id: string, userId: string) =>
      plantPendingRequest(db(), { id, applicationId: application, userId });
    await plant('req_one', made.id);
    await plant('req_bystander', other.id);
    await changeUser(deps(), actor, null, made.id, { enabled: false });
    expect(await standingOf(db(), 'req_one')).toMatchObject({ request: { status: 'cancelled' } });
    await plant('req_two', made.id);
    clock.turn(1000);
    await deleteUser(deps(), actor, null, made.id);
    expect(await standingOf(db(), 'req_two')).toMatchObject({
      request: { status: 'cancelled', reason: 'cancelled', decided_at: clock.now(), updated_at: clock.now() },
      challenge: { status: 'cancelled', decided_at: clock.now() },
      steps: ['received', 'cancelled'],
    });
    expect(await standingOf(db(), 'req_one')).toMatchObject({ request: { decided_at: clock.now() - 1000 } });
    const told = (await auditTrail(db())).filter(({ event }) => event === 'auth_request.cancelled');
    expect(told.map(({ subject_id }) => subject_id)).toEqual(['req_one', 'req_two']);
    expect(await standingOf(db(), 'req_bystander')).toMatchObject({
      request: { status: 'pending' },
      challenge: { status: 'pending' },
    });
    const certificates = await db().read.selectFrom('certificates').selectAll().execute();
    const revoked = new Map(certificates.map((row) => [row.device_id, row.revocation_reason]));
    expect(revoked.get('dev_deleted')).toBe(5);
    expect(revoked.get('dev_bystander')).toBeNull();
    await expect(getUser(deps(), null, made.id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user.deleted',
      data: { username: 'deleted', certificates_revoked: 1, requests_cancelled: 1 },
    });
  });

  test('a certificate that was revoked before keeps its time and reason', async () => {
    const made = await create('revoked before');
    await plantDevice(db(), made.id, 'dev_before');
    await db().write((tx) =>
      tx
        .updateTable('certificates')
        .set({ revoked_at: 3, revocation_reason: 1 })
        .where('device_id', '=', 'dev_before')
        .execute(),
    );
    await deleteUser(deps(), actor, null, made.id);
    const row = await db()
      .read.selectFrom('certificates')
      .selectAll()
      .where('device_id', '=', 'dev_before')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ revoked_at: 3, revocation_reason: 1 });
  });

  test('a device bound while its user is deleted ends with a revoked certificate or not at all', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await create(`bound ${round}`);
      const device = `dev_bound_${round}`;
      await Promise.allSettled([plantDevice(db(), id, device), deleteUser(deps(), actor, null, id)]);
      const rows = await db()
        .read.selectFrom('certificates')
        .selectAll()
        .where('device_id', '=', device)
        .execute();
      for (const row of rows) expect(row.revocation_reason).toBe(5);
      await expect(getUser(deps(), null, id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('a caller bound to one application neither sees nor touches users of another', async () => {
    const made = await create('bound');
    const bound = otherApplication;
    const input = NewUser.omit({ application_id: true }).parse({ username: 'intruder' });
    for (const attempt of [
      () => getUser(deps(), bound, made.id),
      () => changeUser(deps(), actor, bound, made.id, { enabled: false }),
      () => changeUser(deps(), actor, bound, made.id, { password: 'stolen account' }),
      () => clearUserHold(deps(), actor, bound, made.id),
      () => deleteUser(deps(), actor, bound, made.id),
      () => createUser(deps(), actor, bound, { ...input, application_id: application }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    expect(await getUser(deps(), application, made.id)).toEqual(made);
    const listed = await listUsers(deps(), bound, { limit: 200 });
    expect(new Set(listed.items.map((user) => user.application_id))).toEqual(new Set([bound]));
    const crossed = await listUsers(deps(), bound, { limit: 200, application_id: application });
    expect(crossed.items).toEqual([]);
  });

  test('the longest names page too: the API takes back every cursor it gave', async () => {
    const input = NewUser.omit({ application_id: true });
    for (const end of ['a', 'b'])
      await createUser(deps(), actor, null, {
        application_id: otherApplication,
        ...input.parse({ username: '\u{10ffd}'.repeat(254) + end }),
      });
    let cursor: string | null = null;
    for (;;) {
      const page = await listUsers(deps(), otherApplication, { limit: 1, cursor: cursor ?? undefined });
      if (page.nextCursor === null) break;
      cursor = pageQuery.cursor.parse(page.nextCursor) ?? null;
    }
    expect(cursor?.length).toBeGreaterThan(400);
  });

  test('pages follow each other by user name without gap or repetition', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `page${'gbdface'[i]}`);
    for (const username of names) {
      const input = NewUser.omit({ application_id: true }).parse({ username });
      await createUser(deps(), actor, null, { ...input, application_id: 'app_pages' });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listUsers(deps(), 'app_pages', { limit: 3, cursor });
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ username }) => username));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(names.sort());
  });
});
