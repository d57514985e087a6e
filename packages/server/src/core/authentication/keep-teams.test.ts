// A login asks by what the directory says in that moment: of the person's teams, and of what its groups require.
import { expect, test } from 'vitest';
import { actor, administrationDeps, auditTrail } from '#core/audit/administration.test-support.ts';
import { changeApplication } from '#core/applications/change-application.ts';
import { createRefusalTimes } from '#core/throttles/refusal-times.ts';
import { changeUserSource } from '#core/user-sources/change-user-source.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { deleteUserSource } from '#core/user-sources/delete-user-source.ts';
import { memoryDirectory, newSource, person } from '#core/user-sources/memory-directory.test-support.ts';
import { createUserSources } from '#core/user-sources/verify-with-sources.ts';
import { changeTeam, createTeam } from '#core/users/administer-teams.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { listTeams } from '#core/users/list-teams.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { beginLogin } from './begin-login.ts';
import { checkPassword } from './check-password.ts';
import { createEngine, never } from './login.test-support.ts';
import { Accepted } from './outcome.ts';

async function openDirectoryLogin(db: Db, mapped = ['Staff', 'Admins']) {
  const engine = await createEngine(db);
  const { application, passwords, clock } = engine;
  await changeApplication(engine.deps, actor, null, application.id, { second_factor: 'by_team' });
  const directory = memoryDirectory();
  const admin = { ...administrationDeps(db, clock), directory };
  const groups = mapped.map((team) => ({ group: `cn=${team}`, team }));
  const source = await createUserSource(
    admin,
    actor,
    null,
    application.id,
    newSource({ groups, group_policy_attribute: 'info' }),
  );
  const says = (teams: readonly string[], ...required: readonly string[]) => {
    directory.people.set(source.id, [person('alice', { teams })]);
    directory.policies.set(
      source.id,
      mapped.map((team) => ({ team, required: required.includes(team) })),
    );
  };
  const kept = await db.write((tx) =>
    keepForeignUser(tx, admin, actor, {
      applicationId: application.id,
      source: source.name,
      user: person('alice', { teams: ['Own'] }),
      from: { id: source.id, teams: mapped, knows: 'people' },
    }),
  );
  if (kept.kind !== 'created') throw new Error('expected a new user');
  const refusalTimes = createRefusalTimes(clock, { leastMs: 0, mostMs: 0 });
  const sources = createUserSources({ ...admin, passwords, cacheAsked: () => undefined });
  const checking = { ...admin, passwords, refusalTimes, sources };
  const logIn = async () => {
    clock.turn(1);
    const login = engine.login('alice');
    const firstFactor = checkPassword(checking, login, 'password of alice', 'rcl');
    const begun = await beginLogin(engine.deps, login, { firstFactor, signal: never });
    if (begun instanceof Accepted) return 'let in';
    // No device: whoever is to be asked is refused.
    return begun.kind === 'rejected' ? begun.reason : begun.kind;
  };
  const teams = async () => {
    const { items } = await listTeams({ db }, null, application.id, { limit: 50 });
    return Object.fromEntries(
      items.map(({ name, member_count, second_factor_required: here, required_by: by }) => [
        name,
        [member_count, here, by.length],
      ]),
    );
  };
  const events = async () =>
    (await auditTrail(db)).filter(({ application_id: id }) => id === application.id).length;
  return { engine, application, directory, admin, source, says, logIn, teams, events };
}

onBothDatabases('teams of a directory at a login', (db) => {
  test('whoever is put into a team or taken out of it is asked or not at the very next login', async () => {
    const { engine, application, says, logIn, teams, events } = await openDirectoryLogin(db());
    const required = { name: 'Admins', second_factor_required: true };
    await createTeam(engine.deps, actor, null, application.id, required);
    says(['Staff']);
    expect(await logIn()).toBe('let in');
    expect(await teams()).toMatchObject({ Own: [1, false, 0], Staff: [1, false, 0], Admins: [0, true, 0] });
    says(['Staff', 'admins']);
    expect(await logIn()).toBe('no_device');
    const before = await events();
    expect(await logIn()).toBe('no_device');
    // The refusal is recorded, and nothing else: all was so already.
    expect((await events()) - before).toBe(1);
    says([]);
    expect(await logIn()).toBe('let in');
    expect(await teams()).toEqual({ Own: [1, false, 0], Admins: [0, true, 0] });
  });

  test('what the group’s attribute says counts at the very next login, and is taken back by it alone', async () => {
    const { engine, says, logIn, teams, admin, application } = await openDirectoryLogin(db());
    says(['Staff'], 'Admins');
    expect(await logIn()).toBe('let in');
    // Made before anybody is in it.
    expect(await teams()).toMatchObject({ Staff: [1, false, 0], Admins: [0, false, 1] });
    says(['Staff'], 'Staff', 'Admins');
    expect(await logIn()).toBe('no_device');
    says(['Staff']);
    expect(await logIn()).toBe('let in');
    expect(await teams()).toEqual({ Own: [1, false, 0], Staff: [1, false, 0] });
    const { items } = await listTeams(admin, null, application.id, { limit: 50 });
    const staff = items.find(({ name }) => name === 'Staff')!;
    await changeTeam(engine.deps, actor, null, staff.id, { second_factor_required: true });
    // The directory says it of nobody; here it is said.
    expect(await logIn()).toBe('no_device');
  });

  test('settings that end what the directory says leave its members asked', async () => {
    const { admin, source, says, logIn, teams } = await openDirectoryLogin(db());
    says(['Staff'], 'Staff', 'Admins');
    expect(await logIn()).toBe('no_device');
    const without = { groups: [{ group: 'cn=Staff', team: 'Staff' }] };
    await changeUserSource(admin, actor, null, source.id, without);
    expect(await teams()).toMatchObject({ Staff: [1, false, 1], Admins: [0, true, 0] });
    await changeUserSource(admin, actor, null, source.id, { group_policy_attribute: '' });
    expect(await teams()).toMatchObject({ Staff: [1, true, 0] });
    await changeUserSource(admin, actor, null, source.id, { group_policy_attribute: 'info' });
    says(['Staff'], 'Staff');
    expect(await logIn()).toBe('no_device');
    await deleteUserSource(admin, actor, null, source.id);
    expect(await teams()).toMatchObject({ Staff: [1, true, 0] });
  });

  test('what is remembered of the directory takes back nothing that was read later', async () => {
    const { directory, source, says, logIn, teams } = await openDirectoryLogin(db());
    says(['Staff'], 'Staff');
    expect(await logIn()).toBe('no_device');
    directory.remembered.set(source.id, [{ team: 'Staff', required: false }]);
    expect(await logIn()).toBe('no_device');
    expect(await teams()).toMatchObject({ Staff: [1, false, 1] });
  });

  test('what cannot be read anew lets nobody in', async () => {
    const { directory, source, says, logIn } = await openDirectoryLogin(db());
    says(['Staff'], 'Staff');
    directory.goesAfterAnswer.add(source.id);
    expect(await logIn()).toBe('source_unavailable');
  });

  test('a group that was moved since it was remembered takes nobody out of its team', async () => {
    const { engine, application, directory, source, says, logIn, teams } = await openDirectoryLogin(db());
    const required = { name: 'Staff', second_factor_required: true };
    await createTeam(engine.deps, actor, null, application.id, required);
    says(['Staff']);
    expect(await logIn()).toBe('no_device');
    const before = directory.readAnew;
    expect(await logIn()).toBe('no_device');
    // The usual login: nothing is other, nothing is read anew.
    expect(directory.readAnew).toBe(before);
    directory.moved.add(source.id);
    expect(await logIn()).toBe('no_device');
    expect(await teams()).toMatchObject({ Staff: [1, true, 0] });
    expect(directory.readAnew).toBe(before + 1);
    directory.goesAfterAnswer.add(source.id);
    expect(await logIn()).toBe('source_unavailable');
    expect(await teams()).toMatchObject({ Staff: [1, true, 0] });
  });

  test('a person who is somebody else when groups are read anew is not let in', async () => {
    const { directory, source, says, logIn, teams } = await openDirectoryLogin(db());
    says(['Staff']);
    expect(await logIn()).toBe('let in');
    directory.moved.add(source.id);
    const { lookUp } = directory;
    directory.lookUp = async (...asked) => {
      directory.people.set(source.id, [person('alice', { guid: 'of another' })]);
      return lookUp(...asked);
    };
    expect(await logIn()).toBe('source_unavailable');
    expect(await teams()).toMatchObject({ Staff: [1, false, 0] });
  });

  test('two logins that bring the same news at once both ask', async () => {
    const { says, logIn, teams } = await openDirectoryLogin(db());
    says(['Staff'], 'Staff');
    expect(await Promise.all([logIn(), logIn(), logIn()])).toEqual(['no_device', 'no_device', 'no_device']);
    expect(await teams()).toEqual({ Own: [1, false, 0], Staff: [1, false, 1] });
  });
});
