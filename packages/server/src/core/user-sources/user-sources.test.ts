import {
  NewUserSource,
  UserSource,
  type UserSourceFinding,
} from '@countersign/contract/user-source-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { NewUser } from '@countersign/contract/models.ts';
import { changeUser } from '#core/users/change-user.ts';
import { createUser } from '#core/users/create-user.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Secret } from '#platform/secret.ts';
import { changeUserSource } from './change-user-source.ts';
import { createUserSource } from './create-user-source.ts';
import { deleteUserSource } from './delete-user-source.ts';
import { getUserSource, listUserSources } from './list-user-sources.ts';
import { lookUpUser } from './look-up-user.ts';
import { memoryDirectory, person } from './memory-directory.test-support.ts';
import { orderUserSources } from './order-user-sources.ts';
import { testUserSource } from './test-user-source.ts';
import { createSilences } from './silences.ts';
import { createSyncRunner } from './start-sync.ts';
import { directorySettings, sourceSettings } from './user-source.ts';
import { requireUserSource } from './user-source-store.ts';
import { createUserSources } from './verify-with-sources.ts';

const secret = 'planted bind password';
const ldap = (name: string, more: object = {}) =>
  NewUserSource.parse({
    kind: 'ldap',
    name,
    hosts: ['ldap.example.com'],
    bind_name: 'cn=reader',
    bind_password: secret,
    base_dn: 'dc=example',
    ...more,
  });
const never = new AbortController().signal;

onBothDatabases('user sources', (db) => {
  let count = 0;
  async function begin() {
    const application = `app_sources_${++count}`;
    await plantApplications(db(), application);
    const directory = memoryDirectory();
    const deps = {
      ...administrationDeps(db()),
      directory,
      passwords: createPasswords(),
      cacheAsked: () => undefined,
    };
    const create = (name: string, more?: object) =>
      createUserSource(deps, actor, null, application, ldap(name, more));
    const names = async () => (await listUserSources(deps, null, application)).items.map(({ name }) => name);
    return { application, directory, deps, create, names };
  }

  test('created, it has the defaults, and its bind password is sealed and never shown', async () => {
    const { deps, create, application } = await begin();
    const made = await create('Planet');
    expect(Object.keys(made).sort()).toEqual(Object.keys(UserSource.shape).sort());
    expect(made).toMatchObject({
      transport: 'ldaps',
      enabled: true,
      last_sync: null,
      next_sync_at: null,
      user_count: 0,
    });
    const row = await requireUserSource(db().read, null, made.id);
    const settings = directorySettings(row, deps.vault);
    expect(settings.bind_password.reveal()).toBe(secret);
    expect(settings).toMatchObject({ hosts: [{ host: 'ldap.example.com', port: 636 }], revision: 1 });
    const everything = JSON.stringify([
      await auditTrail(db()),
      await db().read.selectFrom('user_sources').selectAll().execute(),
      await listUserSources(deps, null, application),
    ]);
    expect(everything).not.toContain(secret);
  });

  test('both spellings of UPN suffixes count, one or several, each once', async () => {
    const { create, deps } = await begin();
    const given = { upn_suffix: '@Other.example', upn_suffixes: ['one.example', 'other.example'] };
    const made = await create('Suffixes', given);
    expect(made.upn_suffixes).toEqual(['one.example', 'other.example']);
    const changed = await changeUserSource(deps, actor, null, made.id, { upn_suffix: ['two.example'] });
    expect(changed.upn_suffixes).toEqual(['two.example']);
  });

  test('what cannot be used is refused by field', async () => {
    const { create } = await begin();
    const fields = (more: object) =>
      create('x', more).then(
        () => [],
        ({ fields }) => (fields as { field: string }[]).map(({ field }) => field),
      );
    expect(await fields({ hosts: [], base_dn: '' })).toEqual(['hosts', 'base_dn']);
    expect(await fields({ hosts: ['a:99999'] })).toEqual(['hosts']);
    expect(await fields({ kind: 'active_directory' })).toEqual(['name']);
    const none = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(await fields({ ca: none })).toEqual(['ca']);
    expect(await fields({ kind: 'active_directory', name: 'corp.example.com', hosts: [] })).toEqual([]);
  });

  test('whoever changes where the bind password is sent must know it', async () => {
    const { create, deps } = await begin();
    const made = await create('Moved');
    const change = (changes: object) => changeUserSource(deps, actor, null, made.id, changes);
    for (const changes of [{ hosts: ['evil.example:636'] }, { transport: 'plain' }, { bind_name: 'cn=x' }])
      await expect(change(changes)).rejects.toMatchObject({ fields: [{ field: 'bind_password' }] });
    const moved = await change({ hosts: ['new.example:636'], bind_password: 'another secret' });
    expect(moved.hosts).toEqual(['new.example:636']);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'user_source.changed',
      data: {
        changed: ['hosts', 'bind_password'],
        hosts: ['new.example:636'],
        hosts_before: ['ldap.example.com'],
      },
    });
    expect(JSON.stringify((await auditTrail(db())).at(-1))).not.toContain('another secret');
    const events = (await auditTrail(db())).length;
    await change({ answer_ms: made.answer_ms });
    expect(await auditTrail(db())).toHaveLength(events);
  });

  test('that one could not be asked is shown until it answers, its settings change, or it is disabled', async () => {
    const { create, deps, application } = await begin();
    const { id } = await create('Away');
    const silences = createSilences({ now: () => 7 });
    const asking = { ...deps, silences };
    const shown = async () => (await listUserSources(asking, null, application)).items[0];
    expect(await shown()).toMatchObject({ unavailable_since: null, unavailable_cause: null });
    silences.heard({ id, revision: 1 }, 'nothing listens');
    expect(await shown()).toMatchObject({ unavailable_since: 7, unavailable_cause: 'nothing listens' });
    expect(await getUserSource(deps, null, id)).toMatchObject({ unavailable_since: null });
    const changed = await changeUserSource(asking, actor, null, id, { enabled: false });
    expect(changed).toMatchObject({ unavailable_since: null });
    silences.heard({ id, revision: 2 }, 'nothing listens');
    expect(await shown()).toMatchObject({ unavailable_since: null });
    await changeUserSource(asking, actor, null, id, { enabled: true });
    silences.heard({ id, revision: 3 }, 'nothing listens');
    expect(await shown()).toMatchObject({ unavailable_since: 7 });
    silences.heard({ id, revision: 3 }, undefined);
    expect(await shown()).toMatchObject({ unavailable_since: null });
  });

  test('the order is kept, and one of another time is refused', async () => {
    const { create, deps, application, names } = await begin();
    const [a, b, c] = [await create('A'), await create('B'), await create('C')];
    const order = (...ids: string[]) => orderUserSources(deps, actor, null, application, ids);
    await order(c.id, a.id, b.id);
    expect(await names()).toEqual(['C', 'A', 'B']);
    await expect(order(c.id, a.id)).rejects.toMatchObject({ code: 'changed_meanwhile' });
    await expect(order(c.id, a.id, a.id)).rejects.toMatchObject({ code: 'changed_meanwhile' });
    await deleteUserSource(deps, actor, null, a.id);
    await create('D');
    expect(await names()).toEqual(['C', 'B', 'D']);
  });

  test('created at the same moment, each has a place of its own', async () => {
    const { create, names } = await begin();
    await Promise.all(['A', 'B', 'C', 'D'].map((name) => create(name)));
    expect((await names()).sort()).toEqual(['A', 'B', 'C', 'D']);
  });

  test('what lies in another application is not there', async () => {
    const { create, deps, application } = await begin();
    const made = await create('Hidden');
    for (const denied of [
      () => getUserSource(deps, 'app_other', made.id),
      () => changeUserSource(deps, actor, 'app_other', made.id, { answer_ms: 500 }),
      () => deleteUserSource(deps, actor, 'app_other', made.id),
      () => listUserSources(deps, 'app_other', application),
      () => orderUserSources(deps, actor, 'app_other', application, [made.id]),
      () => createUserSource(deps, actor, 'app_other', application, ldap('x')),
      () => testUserSource(deps, actor, 'app_other', made.id, never),
      () => lookUpUser(deps, actor, 'app_other', made.id, { username: 'alice', signal: never }),
    ])
      await expect(denied()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('sources are asked in their order until one knows the person; a disabled one is not', async () => {
    const { create, deps, application, directory } = await begin();
    const [down, off, empty, knows, last] = [
      await create('Down'),
      await create('Off', { enabled: false }),
      await create('Empty'),
      await create('Knows', { groups: [{ group: 'vpn', team: 'VPN' }] }),
      await create('Last'),
    ];
    directory.down.add(down.id);
    for (const { id } of [off, knows, last]) directory.people.set(id, [person('alice')]);
    const sources = createUserSources(deps);
    const verify = (password: string) => sources.verify(application, 'alice', new Secret(password), never);
    const found = await verify('password of alice');
    expect(found.map(({ source, answer }) => [source.id, answer.kind])).toEqual([
      [down.id, 'unavailable'],
      [empty.id, 'not_found'],
      [knows.id, 'found'],
    ]);
    expect(found.at(-1)?.source).toMatchObject({ name: 'Knows', teams: ['VPN'] });
    // Whoever has the wrong password here is not let in by the next one.
    expect((await verify('wrong')).at(-1)).toMatchObject({
      source: { id: knows.id },
      answer: { kind: 'refused' },
    });
    expect(directory.asked).not.toContain(last.id);
  });

  test('a test tells its steps, and a look-up what the directory says; both are audited', async () => {
    const { create, deps, directory } = await begin();
    const { id } = await create('Looked at');
    const steps: UserSourceFinding[] = [];
    for await (const step of await testUserSource(deps, actor, null, id, never)) steps.push(step);
    expect(steps.map(({ step, passed }) => [step, passed])).toEqual([
      ['connected', true],
      ['bound', false],
    ]);
    directory.people.set(id, [person('alice')]);
    const look = (username: string) => lookUpUser(deps, actor, null, id, { username, signal: never });
    expect(await look('alice')).toMatchObject({
      result: 'found',
      user: { username: 'alice' },
      user_id: null,
    });
    expect(await look('bob')).toMatchObject({ result: 'not_found', user: null, detail: 'bob' });
    expect((await auditTrail(db())).slice(-3).map(({ event }) => event)).toEqual([
      'user_source.tested',
      'user_source.looked_up',
      'user_source.looked_up',
    ]);
  });

  test('a look-up says whom a sync would skip, who is in the way, and no more once the user is handed over', async () => {
    const { create, deps, directory, application } = await begin();
    const { id } = await create('Staff');
    const gone = person('gone', { enabled: false });
    directory.people.set(id, [person('alice'), person('carol'), gone]);
    const password = 'a password of her own';
    const input = NewUser.omit({ application_id: true }).parse({ username: 'alice', password });
    const alice = await createUser(deps, actor, null, { ...input, application_id: application });
    const look = async (username: string) => {
      const found = await lookUpUser(deps, actor, null, id, { username, signal: never });
      return [found.user_id, found.skip, found.held_by];
    };
    expect(await look('alice')).toEqual([null, 'name_of_another', alice.id]);
    expect(await look('carol')).toEqual([null, null, null]);
    expect(await look('gone')).toEqual([null, 'disabled_there', null]);
    expect(await look('nobody')).toEqual([null, null, null]);
    await changeUser(deps, actor, null, alice.id, { external_guid: 'guid of alice' });
    expect(await look('alice')).toEqual([null, null, null]);
    await changeUser(deps, actor, null, alice.id, { enabled: false });
    expect(await look('alice')).toEqual([null, 'disabled_here', alice.id]);
  });

  const radius = (more: object = {}) =>
    NewUserSource.parse({
      kind: 'radius',
      name: 'RADIUS',
      hosts: ['radius.example.com', '[2001:db8::1]:11812'],
      shared_secret: 'a shared secret that is long',
      ...more,
    });

  test('a RADIUS source has a shared secret, sealed, and nothing that only directories have', async () => {
    const { deps, application } = await begin();
    const create = (more?: object) => createUserSource(deps, actor, null, application, radius(more));
    const made = await create({ realm: '@corp.example.com' });
    expect(made).toMatchObject({ transport: 'udp', answer_ms: 3000, tries: 3, cache_hours: null });
    const row = await requireUserSource(db().read, null, made.id);
    const settings = sourceSettings(row, deps.vault);
    if (settings.kind !== 'radius') throw new Error(settings.kind);
    expect(settings.shared_secret.reveal()).toBe('a shared secret that is long');
    expect(settings).toMatchObject({
      realm: 'corp.example.com',
      hosts: [
        { host: 'radius.example.com', port: 1812 },
        { host: '2001:db8::1', port: 11812 },
      ],
    });
    expect(JSON.stringify(made)).not.toContain('a shared secret');
    const fields = (more: object) =>
      create(more).then(
        () => [],
        ({ fields: faults }) => (faults as { field: string }[]).map(({ field }) => field),
      );
    expect(await fields({ hosts: [], transport: 'ldaps' })).toEqual(['hosts', 'transport']);
    expect(await fields({ sync_hours: 3, mandatory_group: 'VPN' })).toEqual([
      'mandatory_group',
      'sync_hours',
    ]);
    expect(await fields({ shared_secret: undefined })).toEqual(['shared_secret']);
    expect(await fields({ bind_password: 'x' })).toEqual(['bind_password']);
    await expect(
      createUserSource(deps, actor, null, application, ldap('x', { realm: 'corp' })),
    ).rejects.toMatchObject({ fields: [{ field: 'realm' }] });
  });

  test('what a RADIUS server cannot do is refused; where its secret goes needs the secret', async () => {
    const { deps, application } = await begin();
    const { id } = await createUserSource(deps, actor, null, application, radius());
    const only = { code: 'source_only_checks' };
    await expect(
      lookUpUser(deps, actor, null, id, { username: 'alice', signal: never }),
    ).rejects.toMatchObject(only);
    const syncs = createSyncRunner(deps, () => undefined);
    await expect(syncs.begin(actor, null, id, { dry_run: true, disable_many: false })).rejects.toMatchObject(
      only,
    );
    const change = (changes: object) => changeUserSource(deps, actor, null, id, changes);
    await expect(change({ hosts: ['evil.example'] })).rejects.toMatchObject({
      fields: [{ field: 'shared_secret' }],
    });
    await change({ hosts: ['new.example'], shared_secret: 'another one of some length' });
    expect((await change({ name: 'Renamed', nas_identifier: 'mfa' })).name).toBe('Renamed');
  });

  test('whom only a RADIUS source knows is made with the name alone, and keeps what is added here', async () => {
    const { deps, application, directory } = await begin();
    const made = await createUserSource(deps, actor, null, application, radius());
    const bare = { dn: '', full_name: '', email: '' };
    directory.people.set(made.id, [person('alice', { ...bare, guid: `${made.id}/alice` })]);
    const logIn = async () => {
      const found = await createUserSources(deps).verify(
        application,
        'alice',
        new Secret('password of alice'),
        never,
      );
      const last = found.at(-1);
      if (last?.answer.kind !== 'found') throw new Error('expected to be found');
      const { source, answer } = last;
      const foreign = { applicationId: application, source: source.name, user: answer.user, from: source };
      return db().write((tx) => keepForeignUser(tx, deps, actor, foreign));
    };
    const created = await logIn();
    if (created.kind !== 'created') throw new Error(created.kind);
    await changeUser(deps, actor, null, created.userId, { phone: '+37120000001', full_name: 'Alice A.' });
    expect(await logIn()).toEqual({ kind: 'refreshed', userId: created.userId, changed: [] });
    const user = async () =>
      db().read.selectFrom('users').selectAll().where('id', '=', created.userId).executeTakeFirstOrThrow();
    expect(await user()).toMatchObject({ phone: '+37120000001', full_name: 'Alice A.' });
    // Made anew, the source has another id: its users are known again by their names.
    await deleteUserSource(deps, actor, null, made.id);
    expect(await user()).toMatchObject({ external_guid: '' });
  });
});
