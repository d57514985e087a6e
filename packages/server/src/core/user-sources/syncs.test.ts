import { StartSync } from '@countersign/contract/user-source-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { changeUser } from '#core/users/change-user.ts';
import { createUser } from '#core/users/create-user.ts';
import { listTeams } from '#core/users/list-teams.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeUserSource } from './change-user-source.ts';
import { createUserSource } from './create-user-source.ts';
import { deleteUserSource } from './delete-user-source.ts';
import { getSync, listSyncs, stopSync } from './follow-syncs.ts';
import { getUserSource } from './list-user-sources.ts';
import { memoryDirectory, newSource, person } from './memory-directory.test-support.ts';
import { runDueSyncs } from './run-due-syncs.ts';
import { createSyncRunner, startSync } from './start-sync.ts';

onBothDatabases('syncs of users', (db) => {
  let count = 0;
  async function begin(more: object = {}) {
    const application = `app_syncs_${++count}`;
    await plantApplications(db(), application);
    const directory = memoryDirectory();
    const clock = createHandClock();
    const base = { ...administrationDeps(db(), clock), directory, passwords: createPasswords() };
    const broken: unknown[] = [];
    const node = () => ({ ...base, syncs: createSyncRunner(base, (error) => broken.push(error)) });
    const deps = node();
    const source = await createUserSource(deps, actor, null, application, newSource(more));
    const people = (...all: ReturnType<typeof person>[]) => void directory.people.set(source.id, all);
    const sync = async (input: object = {}) => {
      clock.turn(1000);
      const { id, ended } = await deps.syncs.begin(actor, null, source.id, StartSync.parse(input));
      await ended;
      return getSync(deps, null, id);
    };
    const users = async () => {
      const rows = await db()
        .read.selectFrom('users')
        .select(['username', 'enabled'])
        .where('application_id', '=', application)
        .orderBy('username')
        .execute();
      return rows.map(({ username, enabled }) => (enabled === 1 ? username : `(${username})`));
    };
    return { application, directory, clock, deps, node, source, people, sync, users, broken };
  }

  test('people become users, are refreshed, disabled when gone, and enabled when back', async () => {
    const { people, sync, users, deps, source } = await begin();
    people(person('alice'), person('bob'), person('carol', { enabled: false }));
    expect(await sync()).toMatchObject({
      status: 'done',
      counts: { listed: 3, created: 2, unchanged: 0, skipped: 1, disabled: 0 },
      changes: [
        { kind: 'created', username: 'alice' },
        { kind: 'created', username: 'bob' },
        { kind: 'skipped', username: 'carol', skip: 'disabled_there' },
      ],
    });
    expect(await users()).toEqual(['alice', 'bob']);
    expect((await sync()).counts).toMatchObject({
      listed: 3,
      created: 0,
      changed: 0,
      unchanged: 2,
      skipped: 1,
    });

    people(person('alice', { phone: '+371 2000 0001' }));
    const second = await sync();
    expect(second.changes.map(({ kind, username, fields }) => [kind, username, fields])).toEqual([
      ['changed', 'alice', ['phone']],
      ['disabled', 'bob', []],
    ]);
    expect(await users()).toEqual(['alice', '(bob)']);

    people(person('alice', { enabled: false, phone: '+371 2000 0001' }), person('bob'));
    expect((await sync()).counts).toMatchObject({ enabled: 1, disabled: 1 });
    expect(await users()).toEqual(['(alice)', 'bob']);
    expect(await getUserSource(deps, null, source.id)).toMatchObject({
      user_count: 2,
      last_sync: { status: 'done', counts: { enabled: 1 } },
    });
    const events = (await auditTrail(db())).slice(-3);
    expect(events.map(({ event, data }) => [event, data['enabled'], data['disabled']])).toEqual([
      ['user.changed', false, undefined],
      ['user.changed', true, undefined],
      ['user_source.synced', 1, 1],
    ]);
  });

  test('a person that is renamed stays the same user', async () => {
    const { people, sync, users } = await begin();
    people(person('alice'));
    await sync();
    people({ ...person('alice.smith'), guid: 'guid of alice' });
    expect((await sync()).changes).toMatchObject([
      { kind: 'changed', fields: ['username', 'full_name', 'email'] },
    ]);
    expect(await users()).toEqual(['alice.smith']);
  });

  test('a dry run says the same and does nothing', async () => {
    const { people, sync, users } = await begin();
    people(person('alice'), person('bob'), person('carol'));
    const dry = await sync({ dry_run: true });
    expect(dry).toMatchObject({ status: 'done', dry_run: true, counts: { listed: 3, created: 3 } });
    expect(dry.changes.map(({ user_id }) => user_id)).toEqual([null, null, null]);
    expect(await users()).toEqual([]);
    await sync();
    people(person('alice', { email: 'new@example.com' }), person('dora'));
    const toldBy = async (input: object) =>
      (await sync(input)).changes.map(({ kind, username }) => `${kind} ${username}`).sort();
    const told = await toldBy({ dry_run: true });
    expect(told).toEqual(['changed alice', 'created dora', 'disabled bob', 'disabled carol']);
    expect(await users()).toEqual(['alice', 'bob', 'carol']);
    expect(await toldBy({})).toEqual(told);
  });

  test('a directory that breaks in the middle disables nobody', async () => {
    const { people, sync, users, directory } = await begin();
    people(person('alice'), person('bob'), person('carol'));
    await sync();
    people(person('alice'), person('dora'), person('eve'));
    directory.breaksAfter = 2;
    expect(await sync()).toMatchObject({
      status: 'failed',
      failure: 'directory_unavailable',
      detail: 'the directory is gone',
      counts: { listed: 2, created: 1, disabled: 0 },
    });
    expect(await users()).toEqual(['alice', 'bob', 'carol', 'dora']);
    people();
    expect(await sync()).toMatchObject({ status: 'failed', failure: 'nobody_listed' });
    expect(await users()).toEqual(['alice', 'bob', 'carol', 'dora']);
  });

  test('many are disabled at once only when somebody says so', async () => {
    const { people, sync, users } = await begin();
    const crowd = Array.from({ length: 24 }, (_each, index) => person(`user${index}`));
    people(...crowd);
    await sync();
    people(...crowd.slice(0, 10));
    expect(await sync({ dry_run: true })).toMatchObject({ status: 'done', counts: { disabled: 14 } });
    expect(await sync()).toMatchObject({ failure: 'too_many_gone', detail: '14 of 24' });
    expect((await users()).filter((name) => name.startsWith('('))).toEqual([]);
    expect(await sync({ disable_many: true })).toMatchObject({ status: 'done', counts: { disabled: 14 } });
    expect((await users()).filter((name) => name.startsWith('('))).toHaveLength(14);
  });

  test('whom somebody disabled here, and who was made here with a password, stays as is', async () => {
    const { people, sync, users, deps, application } = await begin();
    people(person('alice'));
    const [alice] = (await sync()).changes;
    await changeUser(deps, actor, null, alice!.user_id!, { enabled: false });
    const own = { username: 'bob', full_name: '', email: '', phone: '', teams: [], external_guid: '' };
    const bob = await createUser(deps, actor, null, {
      ...own,
      application_id: application,
      enabled: true,
      device_limit: null,
      password: 'a long enough password',
    });
    people(person('alice'), person('bob'));
    const { changes } = await sync();
    expect(changes.map(({ username, skip, user_id: id }) => [username, skip, id])).toEqual([
      ['alice', 'disabled_here', alice!.user_id],
      ['bob', 'name_of_another', bob.id],
    ]);
    expect(await users()).toEqual(['(alice)', 'bob']);
  });

  test('who has the name of a person is handed over by the directory’s id, or by the password that is gone', async () => {
    const { people, sync, deps, application } = await begin();
    const own = { full_name: '', email: '', phone: '', teams: [], external_guid: '' };
    const made = async (username: string) => {
      const user = { ...own, username, application_id: application, enabled: true, device_limit: null };
      return (await createUser(deps, actor, null, { ...user, password: 'a long enough password' })).id;
    };
    const [bob, carol] = [await made('bob'), await made('carol')];
    people(person('bob'), person('carol'));
    expect((await sync()).counts).toMatchObject({ skipped: 2 });
    await changeUser(deps, actor, null, bob, { external_guid: person('bob').guid });
    await changeUser(deps, actor, null, carol, { password: null });
    expect(await sync()).toMatchObject({
      counts: { changed: 2, skipped: 0 },
      changes: [{ user_id: bob }, { user_id: carol }],
    });
  });

  test('whose groups are too many is skipped, and neither made nor disabled for it; others are synced', async () => {
    const { people, sync, users } = await begin();
    people(person('alice'), person('bob'), person('carol'));
    await sync();
    const crowded = { teams: [], too_many_groups: true } as const;
    people(person('alice', { ...crowded, phone: '1' }), person('dave', crowded), person('carol'));
    const skipped = (username: string) => ({ kind: 'skipped', username, skip: 'too_many_groups' });
    expect(await sync()).toMatchObject({
      status: 'done',
      counts: { listed: 3, disabled: 1, skipped: 2, changed: 0, created: 0 },
      changes: [{ kind: 'disabled', username: 'bob' }, skipped('alice'), skipped('dave')],
    });
    expect(await users()).toEqual(['alice', '(bob)', 'carol']);
    const one = await sync({ username: 'alice' });
    expect(one).toMatchObject({ status: 'done', changes: [skipped('alice')] });
    expect(await users()).toEqual(['alice', '(bob)', 'carol']);
    // What the directory says against the account counts all the same.
    people(person('alice', { ...crowded, enabled: false }), person('carol'));
    await sync();
    expect(await users()).toEqual(['(alice)', '(bob)', 'carol']);
  });

  test('a directory without ids takes nobody who has a password here, nor who came from another source', async () => {
    const { people, sync, users, deps, application, directory } = await begin();
    const bare = (name: string, more: object = {}) => person(name, { guid: '', ...more });
    const own = { username: 'bob', full_name: '', email: '', phone: '', teams: [], external_guid: '' };
    await createUser(deps, actor, null, {
      ...own,
      application_id: application,
      enabled: true,
      device_limit: null,
      password: 'a long enough password',
    });
    people(bare('alice'), bare('bob'));
    expect((await sync()).changes.map(({ username, skip }) => [username, skip])).toEqual([
      ['alice', null],
      ['bob', 'name_of_another'],
    ]);
    const other = await createUserSource(deps, actor, null, application, newSource({ name: 'Other' }));
    directory.people.set(other.id, [person('alice', { email: 'mallory@example.com' })]);
    const begun = await deps.syncs.begin(actor, null, other.id, StartSync.parse({}));
    await begun.ended;
    expect((await getSync(deps, null, begun.id)).changes).toMatchObject([{ skip: 'name_of_another' }]);
    // Its own are known again by their names.
    people(bare('alice', { email: 'new@example.com' }));
    expect((await sync({ disable_many: true })).changes).toMatchObject([{ kind: 'changed' }]);
    expect(await users()).toEqual(['alice', 'bob']);
  });

  test('teams follow the groups of the source, and others stay', async () => {
    const { people, sync, deps, clock } = await begin({
      groups: [
        { group: 'vpn', team: 'VPN' },
        { group: 'adm', team: 'Admins' },
      ],
    });
    people(person('alice', { teams: ['VPN', 'Admins'] }));
    const id = (await sync()).changes[0]!.user_id!;
    await changeUser(deps, actor, null, id, { teams: ['VPN', 'Admins', 'Own'] });
    expect((await sync()).counts).toMatchObject({ unchanged: 1 });
    people(person('alice'));
    expect((await sync()).changes).toMatchObject([{ kind: 'changed', fields: ['teams'] }]);
    const { teams } = await changeUser(deps, actor, null, id, { full_name: String(clock.now()) });
    expect(teams).toEqual(['Own']);
  });

  test('one person is brought up to date alone', async () => {
    const { people, sync, users, directory, source } = await begin();
    people(person('alice'), person('bob'));
    expect(await sync({ username: 'bob' })).toMatchObject({ username: 'bob', counts: { created: 1 } });
    expect(await users()).toEqual(['bob']);
    directory.down.add(source.id);
    expect(await sync({ username: 'bob' })).toMatchObject({ failure: 'directory_unavailable' });
    directory.down.clear();
    people(person('alice'));
    expect(await sync({ username: 'bob', dry_run: true })).toMatchObject({ counts: { disabled: 1 } });
    expect(await users()).toEqual(['bob']);
    expect(await sync({ username: 'bob' })).toMatchObject({ counts: { disabled: 1 } });
    expect(await users()).toEqual(['(bob)']);
    expect(await sync({ username: 'nobody' })).toMatchObject({ status: 'done', counts: { unchanged: 1 } });
  });

  test('one person is looked up with groups read anew: one that was moved takes nobody out of its team', async () => {
    const { people, sync, directory, source, deps, application } = await begin({
      groups: [{ group: 'cn=staff', team: 'Staff' }],
    });
    people(person('alice', { teams: ['Staff'] }));
    await sync();
    directory.moved.add(source.id);
    expect(await sync({ username: 'alice' })).toMatchObject({ status: 'done', counts: { unchanged: 1 } });
    const { items } = await listTeams(deps, null, application, { limit: 50 });
    expect(items).toMatchObject([{ name: 'Staff', member_count: 1 }]);
  });

  test('one sync of a source at a time, over all nodes; a node that died is no hindrance for ever', async () => {
    const { people, deps, node, source, directory, clock } = await begin();
    people(person('alice'), person('bob'), person('carol'));
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    directory.beforePage = () => held;
    const other = node();
    const input = StartSync.parse({});
    const first = await deps.syncs.begin(actor, null, source.id, input);
    await expect(other.syncs.begin(actor, null, source.id, input)).rejects.toMatchObject({
      code: 'sync_running',
    });
    clock.turn(200_000);
    const second = await other.syncs.begin(actor, null, source.id, input);
    goOn();
    await Promise.all([first.ended, second.ended]);
    expect(await getSync(deps, null, first.id)).toMatchObject({ status: 'failed', failure: 'node_stopped' });
    expect(await getSync(deps, null, second.id)).toMatchObject({ status: 'done', counts: { created: 3 } });
    const { items } = await listSyncs(deps, null, source.id, { limit: 10 });
    expect(items.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  test('begun twice at the same moment, it runs once', async () => {
    const { people, node, source, directory } = await begin();
    people(person('alice'));
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    directory.beforePage = () => held;
    const nodes = [node(), node(), node()];
    const begun = await Promise.allSettled(
      nodes.map(({ syncs }) => syncs.begin(actor, null, source.id, StartSync.parse({}))),
    );
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    goOn();
    await Promise.all(nodes.map(({ syncs }) => syncs.stop()));
  });

  test('stopped, changed or deleted under way, it does nothing more', async () => {
    const { people, deps, source, directory, users, broken } = await begin();
    people(person('alice'), person('bob'), person('carol'), person('dora'));
    const during = async (act: (id: string) => Promise<unknown>) => {
      let pages = 0;
      let id = '';
      directory.beforePage = async () => {
        pages += 1;
        if (pages === 2) await act(id);
      };
      const begun = await deps.syncs.begin(actor, null, source.id, StartSync.parse({}));
      id = begun.id;
      await begun.ended;
      return begun.id;
    };
    const stopped = await during((id) => stopSync(deps, null, id));
    expect(await getSync(deps, null, stopped)).toMatchObject({ status: 'stopped', failure: null });
    expect(await users()).toEqual(['alice', 'bob']);
    const changed = await during(() => changeUserSource(deps, actor, null, source.id, { answer_ms: 777 }));
    expect(await getSync(deps, null, changed)).toMatchObject({ failure: 'source_changed' });
    await during(() => deleteUserSource(deps, actor, null, source.id));
    expect(await users()).toEqual(['alice', 'bob']);
    expect(broken).toEqual([]);
    await expect(startSync(deps, actor, null, source.id, StartSync.parse({}))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a node that stops leaves nobody disabled', async () => {
    const { people, deps, source, directory, users } = await begin();
    people(person('alice'), person('bob'), person('carol'));
    await (await deps.syncs.begin(actor, null, source.id, StartSync.parse({}))).ended;
    people(person('alice'), person('bob'));
    let stopping: Promise<void> = Promise.resolve();
    directory.beforePage = async () => {
      stopping = deps.syncs.stop();
    };
    const { id, ended } = await deps.syncs.begin(actor, null, source.id, StartSync.parse({}));
    await ended;
    await stopping;
    expect(await getSync(deps, null, id)).toMatchObject({ status: 'stopped', failure: 'node_stopped' });
    expect(await users()).toEqual(['alice', 'bob', 'carol']);
  });

  test('on a schedule, one of several nodes begins it', async () => {
    const { people, node, source, clock, users, deps } = await begin({ sync_hours: 2 });
    people(person('alice'));
    const nodes = [node(), node()];
    expect(source.next_sync_at).toBe(clock.now() + 7_200_000);
    expect(await runDueSyncs(nodes[0]!)).toBe(0);
    clock.turn(7_200_000);
    const begun = await Promise.all(nodes.map(runDueSyncs));
    expect(begun[0]! + begun[1]!).toBe(1);
    await Promise.all(nodes.map(({ syncs }) => syncs.stop()));
    expect((await getUserSource(deps, null, source.id)).next_sync_at).toBe(clock.now() + 7_200_000);
    await changeUserSource(deps, actor, null, source.id, { enabled: false });
    expect((await getUserSource(deps, null, source.id)).next_sync_at).toBeNull();
    expect((await users()).length).toBeLessThan(2);
  });

  test('what the directory says of its groups is kept by each sync, of groups without members too', async () => {
    const groups = [
      { group: 'cn=admins', team: 'Admins' },
      { group: 'cn=guests', team: 'Guests' },
    ];
    const { application, people, sync, source, directory, deps } = await begin({
      groups,
      group_policy_attribute: 'info',
    });
    const required = async () => {
      const { items } = await listTeams(deps, null, application, { limit: 10 });
      return items.map(({ name, member_count, required_by: by }) => [name, member_count, by.length]);
    };
    people(person('alice', { teams: ['Guests'] }));
    directory.policies.set(source.id, [
      { team: 'Admins', required: true },
      { team: 'Guests', required: false },
    ]);
    expect(await sync({ dry_run: true })).toMatchObject({ status: 'done' });
    expect(await required()).toEqual([]);
    await sync();
    expect(await required()).toEqual([
      ['Admins', 0, 1],
      ['Guests', 1, 0],
    ]);
    const say = (required: boolean | null) =>
      directory.policies.set(source.id, [
        { team: 'Admins', required },
        { team: 'Guests', required: false },
      ]);
    const unread = async () =>
      (await listTeams(deps, null, application, { limit: 10 })).items[0]?.required_by[0]?.unread_at;
    say(null);
    await sync({ username: 'alice' });
    expect([(await required())[0], typeof (await unread())]).toEqual([['Admins', 0, 1], 'number']);
    say(true);
    await sync({ username: 'alice' });
    expect(await unread()).toBeNull();
    say(false);
    await sync({ username: 'alice' });
    expect(await required()).toEqual([['Guests', 1, 0]]);
  });
});
