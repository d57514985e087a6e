// Logins of an application that asks the members of some teams: who is asked, who is let in by the password alone, and the moment between.
import { beforeAll, expect, test } from 'vitest';
import { changeApplication } from '#core/applications/change-application.ts';
import { changeTeam, createTeam } from '#core/users/administer-teams.ts';
import { changeUser } from '#core/users/change-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { getActivity } from './auth-request-store.ts';
import { beginLogin } from './begin-login.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';
import { Accepted } from './outcome.ts';

const admin = { kind: 'console' } as const;

onBothDatabases('an application that asks by team', (db) => {
  let engine: Engine;
  let teamId: string;
  beforeAll(async () => {
    engine = await createEngine(db());
    const { deps, application } = engine;
    await changeApplication(deps, admin, null, application.id, { second_factor: 'by_team' });
    const team = { name: 'Admins', second_factor_required: true };
    teamId = (await createTeam(deps, admin, null, application.id, team)).id;
  });
  const userIn = async (...teams: string[]) => {
    const user = await engine.newUser();
    await put(user.id, teams);
    return user;
  };
  const put = (id: string, teams: string[]) =>
    changeUser({ ...engine.deps, passwords: engine.passwords }, admin, null, id, { teams });
  const logIn = (username: string, firstFactor: FirstFactorCheck = passes) => {
    engine.clock.turn(1);
    return beginLogin(engine.deps, engine.login(username), { firstFactor, signal: never });
  };
  const codesOf = async (id: string) =>
    (await getActivity(db().read, null, id)).steps.map(({ code }) => code);
  /** Something happens between the look-up and the decision. */
  const meanwhile =
    (happens: () => Promise<unknown>): FirstFactorCheck =>
    async (...args) => {
      await happens();
      return passes(...args);
    };

  test('a member of a team that requires it is asked, and the activity says for which', async () => {
    const begun = await logIn((await userIn('Others', 'admins')).username);
    if (begun.kind !== 'asked') throw new Error(JSON.stringify(begun));
    const { steps } = await getActivity(db().read, null, begun.requestId);
    expect(steps.slice(2, 5)).toMatchObject([
      { code: 'password_correct' },
      { code: 'team_asks', text: 'Asked on the phone: a member of team “Admins”.' },
      { code: 'request_sent' },
    ]);
  });

  test('a member without a device stays out', async () => {
    const user = await engine.newUser({ devices: 0 });
    await put(user.id, ['Admins']);
    expect(await logIn(user.username)).toMatchObject({ kind: 'rejected', reason: 'no_device' });
  });

  test.each([[[]], [['Others']]])(
    'somebody who is in %j only is let in by the password alone',
    async (teams) => {
      const begun = await logIn((await userIn(...teams)).username);
      if (!(begun instanceof Accepted)) throw new Error(JSON.stringify(begun));
      expect(await codesOf(begun.requestId!)).toEqual([
        'received',
        'user_found',
        'password_correct',
        'no_team_asks',
      ]);
      const event = await db()
        .read.selectFrom('audit_events')
        .select('data')
        .where('subject_id', '=', begun.requestId)
        .executeTakeFirstOrThrow();
      expect(JSON.parse(event.data)).toMatchObject({ second_factor: 'none' });
    },
  );

  test('a team of another application asks nobody here', async () => {
    const elsewhere = await createEngine(db());
    const team = { name: 'Others', second_factor_required: true };
    await createTeam(elsewhere.deps, admin, null, elsewhere.application.id, team);
    expect(await logIn((await userIn('Others')).username)).toBeInstanceOf(Accepted);
  });

  test('who is put into the team while the password is checked is asked', async () => {
    const user = await userIn();
    const begun = await logIn(
      user.username,
      meanwhile(() => put(user.id, ['Admins'])),
    );
    expect(begun.kind).toBe('asked');
  });

  test('a team that comes to require it while the password is checked asks its members', async () => {
    const user = await userIn('Late');
    const { id } = await db()
      .read.selectFrom('teams')
      .select('id')
      .where('application_id', '=', engine.application.id)
      .where('name', '=', 'Late')
      .executeTakeFirstOrThrow();
    const begun = await logIn(
      user.username,
      meanwhile(() => changeTeam(engine.deps, admin, null, id, { second_factor_required: true })),
    );
    expect(begun.kind).toBe('asked');
  });

  test('an application that comes to ask everybody while the password is checked does so', async () => {
    const user = await userIn();
    const set = (second_factor: 'push' | 'by_team') =>
      changeApplication(engine.deps, admin, null, engine.application.id, { second_factor });
    const begun = await logIn(
      user.username,
      meanwhile(() => set('push')),
    );
    await set('by_team');
    expect(begun.kind).toBe('asked');
  });

  test('what the first factor found out is looked up before anything is decided', async () => {
    const user = await userIn('Admins');
    const begun = await logIn(user.username, async (...args) => {
      await put(user.id, []);
      return { ...(await passes(...args)), renewed: true } as Awaited<ReturnType<FirstFactorCheck>>;
    });
    expect(begun).toBeInstanceOf(Accepted);
  });

  test('switched off for the team, its members are let in by the password alone', async () => {
    const user = await userIn('Admins');
    await changeTeam(engine.deps, admin, null, teamId, { second_factor_required: false });
    expect(await logIn(user.username)).toBeInstanceOf(Accepted);
    await changeTeam(engine.deps, admin, null, teamId, { second_factor_required: true });
    expect((await logIn(user.username)).kind).toBe('asked');
  });
});
