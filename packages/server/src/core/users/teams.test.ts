import { ids, NewUser } from '@countersign/contract/models.ts';
import { Team } from '@countersign/contract/team-models.ts';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { changeTeam, createTeam, deleteTeam } from './administer-teams.ts';
import { changeUser } from './change-user.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { getTeam, listTeams } from './list-teams.ts';
import { createPasswords } from './passwords.ts';
import { differFromKept, keepPoliciesHere, keepTeamPolicies } from './team-policies.ts';

async function plantSource(db: Db, id: string, applicationId: string, name: string): Promise<void> {
  const times = { created_at: 1, updated_at: 1, next_sync_at: null, sync_hours: null } as const;
  const row = { id, application_id: applicationId, position: 1, kind: 'ldap', name, ...times } as const;
  const secret = { settings: '{}', bind_password: '', revision: 1, enabled: 1 } as const;
  await db.write((tx) =>
    tx
      .insertInto('user_sources')
      .values({ ...row, ...secret })
      .execute(),
  );
}

onBothDatabases('teams', (db) => {
  const clock = createHandClock();
  const deps = () => ({ ...administrationDeps(db(), clock), passwords: createPasswords({ maxParallel: 2 }) });
  const [application, other, paged] = ['app_mine', 'app_other', 'app_paged'];
  beforeAll(() => plantApplications(db(), application, other, paged));
  const add = (username: string, teams: readonly string[]) =>
    createUser(deps(), actor, null, {
      ...NewUser.omit({ application_id: true }).parse({ username, teams }),
      application_id: application,
    });
  const named = async (name: string): Promise<Team | undefined> => {
    const { items } = await listTeams(deps(), null, application, { limit: 200 });
    return items.find((team) => team.name === name);
  };
  const make = (name: string, second_factor_required = false) =>
    createTeam(deps(), actor, null, application, { name, second_factor_required });
  const source = async (name: string) => {
    const id = newId(deps(), 'src');
    await plantSource(db(), id, application, name);
    return { id, name, applicationId: application, revision: 1 };
  };
  const says = (
    from: Awaited<ReturnType<typeof source>>,
    ...said: readonly (readonly [string, boolean | null])[]
  ) =>
    db().write((tx) =>
      keepTeamPolicies(
        tx,
        deps(),
        { kind: 'system' },
        from,
        said.map(([team, required]) => ({ team, required })),
      ),
    );

  test('made before anybody is in it, a team takes in whoever is given its name', async () => {
    const team = await make('Early', true);
    expect(Team.omit({ application_id: true }).parse(team)).toMatchObject({ name: 'Early', pushed: false });
    expect(team).toMatchObject({ member_count: 0, second_factor_required: true, required_by: [] });
    expect(ids.team.parse(team.id)).toBe(team.id);
    await add('early bird', ['EARLY']);
    expect(await getTeam(deps(), application, team.id)).toMatchObject({ name: 'Early', member_count: 1 });
    await expect(make('early')).rejects.toMatchObject({ code: 'name_taken' });
    const nowhere = { name: 'x', second_factor_required: false };
    await expect(createTeam(deps(), actor, null, 'app_none', nowhere)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('that its members are asked is switched on and off, and told', async () => {
    await add('switched', ['Switched']);
    const team = (await named('Switched'))!;
    const set = (second_factor_required: boolean) =>
      changeTeam(deps(), actor, null, team.id, { second_factor_required });
    expect(await set(true)).toMatchObject({ second_factor_required: true, member_count: 1 });
    await set(true);
    expect(await set(false)).toMatchObject({ second_factor_required: false });
    const trail = (await auditTrail(db())).filter(({ subject_id: id }) => id === team.id);
    expect(trail.map(({ event, data }) => [event, data['second_factor_required']])).toEqual([
      ['team.changed', true],
      ['team.changed', false],
    ]);
  });

  test('a team that requires the second factor stays when its last member leaves or is deleted', async () => {
    const leaver = await add('leaver', ['Guarded', 'Plain']);
    const { id } = (await named('Guarded'))!;
    await changeTeam(deps(), actor, null, id, { second_factor_required: true });
    await changeUser(deps(), actor, null, leaver.id, { teams: [] });
    expect(await named('Plain')).toBeUndefined();
    expect(await named('Guarded')).toMatchObject({ id, member_count: 0, second_factor_required: true });
    const doomed = await add('doomed', ['guarded']);
    await deleteUser(deps(), actor, null, doomed.id);
    expect(await named('Guarded')).toMatchObject({ id, member_count: 0 });
  });

  test('deleted, its members stay users', async () => {
    const { id: userId } = await add('member', ['Doomed']);
    const { id } = (await named('Doomed'))!;
    await changeTeam(deps(), actor, null, id, { second_factor_required: true });
    await expect(deleteTeam(deps(), actor, other, id)).rejects.toMatchObject({ code: 'not_found' });
    await deleteTeam(deps(), actor, application, id);
    expect(await named('Doomed')).toBeUndefined();
    const left = await db().read.selectFrom('users').select('id').where('id', '=', userId).execute();
    expect(left).toHaveLength(1);
    const [last] = (await auditTrail(db())).filter(({ subject_id: each }) => each === id).slice(-1);
    expect(last).toMatchObject({ event: 'team.deleted', data: { left: 1, second_factor_required: true } });
  });

  test('each source speaks for itself, and takes back only what it said', async () => {
    const [one, two] = [await source('one.example'), await source('two.example')];
    await says(one, ['Shared', true], ['Own', true], ['Own', false]);
    await says(two, ['Shared', true]);
    const required = async (name: string) => (await named(name))?.required_by.map((each) => each.name).sort();
    expect(await required('Shared')).toEqual(['one.example', 'two.example']);
    // Of two groups that stand for one team, one is enough.
    expect(await required('Own')).toEqual(['one.example']);
    await says(one, ['shared', false], ['own', false]);
    expect(await required('Shared')).toEqual(['two.example']);
    // One takes it back, and the other goes on to require it.
    const told = (await auditTrail(db())).filter(({ data }) => data['name'] === 'Shared').at(-1);
    expect(told?.data).toMatchObject({ source: 'one.example', second_factor_required: true });
    // Nobody is in it, and nothing is said of it any more.
    expect(await named('Own')).toBeUndefined();
    expect(await differFromKept(db().read, two.id, [{ team: 'shared', required: true }])).toBe(false);
    // What is not said takes nothing back.
    expect(await differFromKept(db().read, two.id, [])).toBe(false);
    expect(await differFromKept(db().read, two.id, [{ team: 'shared', required: false }])).toBe(true);
    const { id } = (await named('Shared'))!;
    await expect(deleteTeam(deps(), actor, null, id)).rejects.toMatchObject({ code: 'in_use' });
    // Switched off here, the directory goes on to say it.
    expect(await changeTeam(deps(), actor, null, id, { second_factor_required: false })).toMatchObject({
      required_by: [{ id: two.id }],
    });
  });

  test('what a group said stays when nothing can be read there, is told, and is taken back by hand or by the directory', async () => {
    const from = await source('unread.example');
    const of = async () => (await named('Unread'))?.required_by.map(({ unread_at }) => unread_at);
    const isNews = (required: boolean | null) =>
      differFromKept(db().read, from.id, [{ team: 'Unread', required }]);
    // Nothing was ever said.
    expect(await isNews(null)).toBe(false);
    await says(from, ['Unread', true]);
    expect([await of(), await isNews(null)]).toEqual([[null], true]);
    await says(from, ['Unread', null]);
    expect(await of()).toEqual([clock.now()]);
    // A server that has it and one that has it not in turn: logins write nothing.
    expect([await isNews(null), await isNews(true), await isNews(false)]).toEqual([false, false, true]);
    await says(from, ['Unread', true]);
    expect(await of()).toEqual([null]);
    // Of two groups, one that cannot be read keeps what both may have said.
    await says(from, ['Unread', false], ['unread', null]);
    expect(await of()).toEqual([clock.now()]);
    const { id } = (await named('Unread'))!;
    const take = (changes: object) => changeTeam(deps(), actor, null, id, changes);
    expect((await take({ second_factor_required: false })).required_by).toHaveLength(1);
    expect(await take({ take_back_unread: true })).toMatchObject({
      second_factor_required: false,
      required_by: [],
    });
    const events = (await auditTrail(db())).filter(({ subject_id: each }) => each === id);
    expect(
      events.map(({ data }) => [data['second_factor_required'], data['unread'], data['source']]),
    ).toEqual([
      [true, undefined, from.name],
      [true, true, from.name],
      [true, false, from.name],
      [true, true, from.name],
      [false, true, from.name],
    ]);
    await says(from, ['Unread', true]);
    // What can be read is not taken back here, and nothing is written for it.
    const shown = await named('Unread');
    clock.turn(1000);
    expect(await take({ take_back_unread: true })).toEqual(shown);
    expect((await auditTrail(db())).filter(({ subject_id: each }) => each === id)).toHaveLength(6);
    // Set here too, it is required all the same.
    await says(from, ['Unread', null]);
    await take({ second_factor_required: true });
    expect((await take({ take_back_unread: true })).required_by).toEqual([]);
    expect((await auditTrail(db())).at(-1)?.data).toMatchObject({
      unread: true,
      second_factor_required: true,
    });
    await take({ second_factor_required: false });
    await says(from, ['Unread', true]);
    await says(from, ['Unread', false]);
    expect(await named('Unread')).toBeUndefined();
  });

  test('what a source said stays, set here, once it says nothing of the team any more', async () => {
    const from = await source('gone.example');
    await says(from, ['Kept', true], ['Still', true]);
    await db().write((tx) => keepPoliciesHere(tx, deps(), actor, from, ['still']));
    expect(await named('Kept')).toMatchObject({ second_factor_required: true, required_by: [] });
    expect(await named('Still')).toMatchObject({
      second_factor_required: false,
      required_by: [{ id: from.id }],
    });
  });

  test('of a source that was changed since it was asked nothing is kept', async () => {
    const from = await source('changed.example');
    await says({ ...from, revision: 7 }, ['Never', true]);
    expect(await named('Never')).toBeUndefined();
  });

  test('pages follow each other by name; others see nothing of them', async () => {
    const names = ['b', 'A', 'c', 'Ä'];
    for (const name of names)
      await createTeam(deps(), actor, null, paged, { name, second_factor_required: false });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) };
      const page = await listTeams(deps(), paged, paged, query);
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(names.toSorted());
    expect(new Set(seen).size).toBe(4);
    await expect(listTeams(deps(), other, paged, { limit: 5 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      createTeam(deps(), actor, other, paged, { name: 'x', second_factor_required: true }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
