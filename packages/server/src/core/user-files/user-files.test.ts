// Files of users on both databases: what goes in, what is refused, and what is left when it is broken off.
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import {
  actor,
  auditTrail,
  plantPendingRequest,
  standingOf,
} from '#core/audit/administration.test-support.ts';
import { verifyAudit } from '#core/audit/verify-audit.ts';
import { createUser } from '#core/users/create-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { exportUsers } from './export-users.ts';
import { createUserImports } from './user-imports.ts';
import {
  app,
  other,
  seed,
  never,
  fileOf,
  setUp,
  stateOf,
  beginAnew,
  many,
} from './user-files.test-support.ts';

onBothDatabases('files of users', (db) => {
  beforeEach(() => beginAnew(db()));

  test('the rows of the format’s own example, with an event for each user, and nothing the second time', async () => {
    const { deps, read, start, bring, usersIn } = setUp(db());
    const shown = await read(seed);
    expect(shown).toMatchObject({
      state: 'ready',
      rows: 2,
      created: 2,
      failed: 0,
      passwords: 2,
      phones_completed: 2,
    });
    expect(shown.sample[1]).toMatchObject({
      line: 3,
      change: 'created',
      teams: ['First', 'Second'],
      has_password: true,
    });
    expect(JSON.stringify(shown)).not.toContain('p455w0rd');
    expect(await usersIn()).toEqual([]);
    expect(await start(shown.id)).toMatchObject({
      state: 'done',
      created: 2,
      rows_done: 2,
      passwords_done: 2,
    });
    expect((await usersIn()).map((user) => ({ ...stateOf(user), has_password: user.has_password }))).toEqual([
      {
        username: 'jameswho',
        full_name: 'James Who',
        email: '',
        phone: '+37120000002',
        teams: ['First', 'Second'],
        enabled: true,
        external_guid: '',
        device_limit: null,
        has_password: true,
      },
      {
        username: 'johndoe',
        full_name: 'John Doe',
        email: '',
        phone: '+37120000001',
        teams: ['Root'],
        enabled: true,
        external_guid: '',
        device_limit: null,
        has_password: true,
      },
    ]);
    const events = (await auditTrail(db())).map(({ event }) => event);
    expect(events).toEqual([
      'user.created',
      'user.password_set',
      'user.created',
      'user.password_set',
      'user.file_imported',
    ]);
    const again = await bring(seed);
    expect(again).toMatchObject({ state: 'done', created: 0, updated: 0, unchanged: 2 });
    expect((await auditTrail(db())).map(({ event }) => event).slice(5)).toEqual(['user.file_imported']);
    expect(await verifyAudit(deps)).toMatchObject({ kind: 'intact' });
    expect(await db().read.selectFrom('user_import_pieces').selectAll().execute()).toEqual([]);
  });

  test('columns that are absent are left alone; a name is one whatever its letter case', async () => {
    const { bring, usersIn } = setUp(db());
    await bring(
      'Username;Full name;Email;Phone;Teams;Device limit\r\nAlice;Alice;a@example.org;+491701234567;A|B;3\r\n',
    );
    expect(await bring('ENABLED\tuser name\tteams\nNo\tALICE\tB|C\n')).toMatchObject({
      updated: 1,
      disabled: 1,
    });
    expect((await usersIn()).map(stateOf)).toEqual([
      {
        username: 'Alice',
        full_name: 'Alice',
        email: 'a@example.org',
        phone: '+491701234567',
        teams: ['B', 'C'],
        enabled: false,
        external_guid: '',
        device_limit: 3,
      },
    ]);
    await bring('Username,Email,Device limit,Teams\nalice,,,\n');
    expect((await usersIn()).map(stateOf)).toMatchObject([
      { full_name: 'Alice', email: '', teams: [], device_limit: null, enabled: false },
    ]);
    expect((await db().read.selectFrom('teams').selectAll().execute()).length).toBe(0);
    const changed = (await auditTrail(db())).filter(({ event }) => event === 'user.changed');
    expect(changed.map(({ data }) => data['changed'])).toEqual([
      ['enabled', 'teams'],
      ['email', 'device_limit', 'teams'],
    ]);
    expect(changed[1]?.data).toMatchObject({ device_limit: null, device_limit_before: 3 });
  });

  test('rows at fault are told by line and column; all or nothing is refused, or they are skipped', async () => {
    const { read, start, usersIn, imports } = setUp(db());
    const shown = await read(
      'Username,Email,Phone,Device limit,Password\nok,,,,\n,x@example.org,,,\nbad,nobody,0170,99,abc\nOK,,,,\nshort\nlong,,,,,x\n',
    );
    expect(shown).toMatchObject({ state: 'ready', rows: 6, created: 1, failed: 5 });
    expect(
      shown.errors.map(({ line, username, column, value, code }) => [line, username, column, value, code]),
    ).toEqual([
      [3, '', 'Username', '', 'username_missing'],
      [4, 'bad', 'Email', 'nobody', 'email_invalid'],
      [4, 'bad', 'Phone', '0170', 'phone_invalid'],
      // Not even a wrong one is told.
      [4, 'bad', 'Password', '', 'password_too_short'],
      [4, 'bad', 'Device limit', '99', 'device_limit_invalid'],
      [5, 'OK', 'Username', 'OK', 'username_twice'],
      [6, '', null, '', 'too_few_cells'],
      [7, '', null, '', 'too_many_cells'],
    ]);
    await expect(imports.start(actor, null, shown.id, 'all_or_nothing')).rejects.toMatchObject({
      code: 'import_has_errors',
    });
    expect(await start(shown.id, 'skip_bad')).toMatchObject({
      state: 'done',
      created: 1,
      failed: 5,
      rows_done: 6,
    });
    expect((await usersIn()).map(({ username }) => username)).toEqual(['ok']);
    await expect(imports.start(actor, null, shown.id, 'skip_bad')).rejects.toMatchObject({
      code: 'import_not_ready',
    });
  });

  test('what is at fault is told shortened, and without what cannot be shown', async () => {
    const { read } = setUp(db());
    const shown = await read(`Username,Email\n${'u'.repeat(300)},\u202e${'x'.repeat(300)}\n`);
    const [name, email] = shown.errors;
    expect(name).toMatchObject({ column: 'Username', value: `${'u'.repeat(59)}…` });
    expect(email).toMatchObject({ column: 'Email', value: `\ufffd${'x'.repeat(58)}…` });
  });

  test('of thousands of errors a hundred are kept', async () => {
    const { read } = setUp(db());
    const shown = await read(
      `Username,Email\n${Array.from({ length: 1500 }, (_, n) => `u${n},x`).join('\n')}`,
    );
    expect(shown.failed).toBe(1500);
    expect(shown.errors.length).toBe(100);
  });

  test.each([
    ['quote_not_closed', 'Username\na\n"b', 3],
    ['no_username_column', 'Name\na', 1],
    ['column_twice', 'Username,Email,e-mail\na,,', 1],
    ['too_many_columns', `Username,${Array.from({ length: 64 }, (_, n) => n).join(',')}\n`, 1],
    ['empty', 'Username\n', null],
    ['not_utf8', 'Username\n\ufffd', null],
  ])('a file that cannot be read: %s', async (code, text, line) => {
    const { imports, usersIn } = setUp(db());
    const bytes = Buffer.from(text);
    const broken = code === 'not_utf8' ? bytes.subarray(0, -1) : bytes;
    const content = async function* () {
      yield broken;
    };
    const { id } = await imports.read(null, app, { format: 'csv', bytes: broken.length, content: content() });
    expect(await imports.show(null, id, 20_000)).toMatchObject({ state: 'failed', failure: { code, line } });
    expect(await usersIn()).toEqual([]);
    expect(await db().read.selectFrom('user_import_pieces').selectAll().execute()).toEqual([]);
  });

  test('a file that breaks off while it is read leaves nothing', async () => {
    const { imports } = setUp(db());
    const content = async function* () {
      yield Buffer.from('Username\na\n');
      throw new Error('the connection was torn');
    };
    const { id } = await imports.read(null, app, { format: 'csv', bytes: 9, content: content() });
    expect(await imports.show(null, id, 20_000)).toMatchObject({
      state: 'failed',
      failure: { code: 'defect' },
    });
  });

  test('JSON, as an array and as lines', async () => {
    const { bring, usersIn } = setUp(db());
    await bring(
      '[{"username":"a","teams":["x|y"],"enabled":false,"device_limit":2},{"username":"b","phone":null}]',
    );
    expect(await bring('{"username":"A","enabled":true}\n{"username":"c","id":"usr_1"}\n')).toMatchObject({
      created: 1,
      updated: 1,
      ignored_columns: ['id'],
    });
    expect((await usersIn()).map(stateOf)).toMatchObject([
      { username: 'a', teams: ['x|y'], enabled: true, device_limit: 2 },
      { username: 'b' },
      { username: 'c' },
    ]);
  });

  test('whoever is disabled has no login that waits', async () => {
    const { deps, bring } = setUp(db());
    const { id } = await createUser(deps, actor, null, {
      application_id: app,
      username: 'alice',
      full_name: '',
      email: '',
      phone: '',
      teams: [],
      external_guid: '',
      enabled: true,
      device_limit: null,
    });
    await plantPendingRequest(db(), { id: 'req_1', applicationId: app, userId: id });
    await bring('Username,Enabled\nalice,no\n');
    expect(await standingOf(db(), 'req_1')).toMatchObject({
      request: { status: 'cancelled' },
      challenge: { status: 'cancelled' },
    });
    expect(await verifyAudit(deps)).toMatchObject({ kind: 'intact' });
  });

  test('cancelled in the middle: of all or nothing, nothing is left', async () => {
    const { imports, read, usersIn } = setUp(db());
    const shown = await read(many(3000));
    await imports.start(actor, null, shown.id, 'all_or_nothing');
    for (let progress = shown; progress.rows_done < 1000; progress = await imports.show(null, shown.id))
      await setImmediate();
    await imports.stop();
    expect(await imports.show(null, shown.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'cancelled' },
    });
    expect(await usersIn()).toEqual([]);
    expect(await auditTrail(db())).toEqual([]);
    expect(await db().read.selectFrom('teams').selectAll().execute()).toEqual([]);
  });

  test('whoever writes waits for half a minute at most', async () => {
    const { imports, read, clock, usersIn } = setUp(db());
    const shown = await read(many(3000));
    await imports.start(actor, null, shown.id, 'all_or_nothing');
    for (let now = shown; now.rows_done < 1000; now = await imports.show(null, shown.id))
      await setImmediate();
    clock.turn(31_000);
    const ended = await imports.show(null, shown.id, 20_000);
    if (db().dialect === 'sqlite')
      expect(ended).toMatchObject({ state: 'failed', failure: { code: 'took_too_long' } });
    else expect(ended).toMatchObject({ state: 'done' });
    expect((await usersIn()).length > 0).toBe(ended.state === 'done');
  });

  test('one that a killed process left has failed when it starts again, and any after a while', async () => {
    const { imports, clock, read } = setUp(db());
    const { id } = await read(many(10));
    await db().write((tx) => tx.updateTable('user_imports').set({ state: 'importing' }).execute());
    await createUserImports({ ...setUp(db()).deps, runner: 'two', failed: () => undefined }).recover();
    await expect(imports.read(null, app, fileOf('Username\na'))).rejects.toMatchObject({
      code: 'import_running',
    });
    await imports.recover();
    expect(await imports.show(null, id)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
    const second = await read(many(10));
    await db().write((tx) =>
      tx.updateTable('user_imports').set({ state: 'reading' }).where('id', '=', second.id).execute(),
    );
    clock.turn(61_000);
    await imports.forget();
    expect(await imports.show(null, second.id)).toMatchObject({ state: 'failed' });
    clock.turn(25 * 3_600_000);
    await imports.forget();
    await expect(imports.show(null, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('whoever may see another application sees nothing of it', async () => {
    const { imports, read, deps } = setUp(db());
    const { id } = await read(many(1));
    await expect(imports.show(other, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(imports.start(actor, other, id, 'skip_bad')).rejects.toMatchObject({ code: 'not_found' });
    await expect(imports.remove(other, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(imports.read(other, app, fileOf('Username\na'))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(imports.read(null, 'app_none', fileOf('Username\na'))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      exportUsers(deps, actor, other, { application_id: app, format: 'csv' }, never),
    ).rejects.toMatchObject({ code: 'not_found' });
    await imports.remove(null, id);
    await expect(imports.show(null, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
