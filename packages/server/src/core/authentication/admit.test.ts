// Logins that need no second factor, and logins that are only relayed.
import { beforeAll, describe, expect, test } from 'vitest';
import { changeApplication } from '#core/applications/change-application.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createAuthRequest } from './create-auth-request.ts';
import { getActivity } from './auth-request-store.ts';
import { listActivity } from './list-activity.ts';
import { authenticate } from './authenticate.ts';
import { beginLogin } from './begin-login.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';
import { Accepted } from './outcome.ts';
import { relayLogin } from './relay-login.ts';

const fails: FirstFactorCheck = async () => ({ kind: 'refused', reason: 'wrong_password', step: null });

onBothDatabases('without a second factor', (db) => {
  let engine: Engine;
  const admin = { kind: 'console' } as const;
  beforeAll(async () => {
    engine = await createEngine(db());
    await changeApplication(engine.deps, admin, null, engine.application.id, { second_factor: 'none' });
  });
  const logIn = (username: string, firstFactor = passes) => {
    // Ids sort by the millisecond they were made in.
    engine.clock.turn(1);
    return authenticate(engine.deps, engine.login(username), { firstFactor, signal: never });
  };

  test('the password alone lets in, and it is written down and told', async () => {
    const user = await engine.newUser({ devices: 0 });
    const outcome = await logIn(user.username);
    if (!(outcome instanceof Accepted)) throw new Error(JSON.stringify(outcome));
    expect(outcome).toMatchObject({ userId: user.id });
    const { status, steps } = await getActivity(db().read, null, outcome.requestId!);
    expect(status).toBe('approved');
    expect(steps.map(({ code }) => code)).toEqual([
      'received',
      'user_found',
      'password_correct',
      'no_second_factor',
    ]);
    const row = await db().read.selectFrom('users').selectAll().where('id', '=', user.id).executeTakeFirst();
    expect(row).toMatchObject({ last_authenticated_at: engine.clock.now(), requests_opened: 0 });
    const event = await db()
      .read.selectFrom('audit_events')
      .select(['event', 'data'])
      .where('subject_id', '=', outcome.requestId)
      .executeTakeFirstOrThrow();
    expect(event.event).toBe('auth_request.approved');
    expect(JSON.parse(event.data)).toMatchObject({ second_factor: 'none', user_id: user.id });
  });

  test.each([
    ['wrong_password', { enabled: 1 }, fails],
    ['user_disabled', { enabled: 0 }, passes],
    ['requests_held', { held_by_request_id: 'req_reported' }, passes],
  ] as const)('%s', async (reason, set, firstFactor) => {
    const user = await engine.newUser();
    await db().write((tx) => tx.updateTable('users').set(set).where('id', '=', user.id).execute());
    expect(await logIn(user.username, firstFactor)).toMatchObject({ kind: 'rejected', reason });
    const [latest] = (await listActivity({ db: db(), clock: engine.clock }, null, { limit: 1 })).items;
    expect(latest).toMatchObject({ status: 'denied', reason, user_id: user.id });
  });

  test('an unknown user stays out', async () => {
    expect(await logIn('nobody')).toMatchObject({ kind: 'rejected', reason: 'unknown_user' });
  });

  test('a user is let in only if the application still asks for nothing when it is written down', async () => {
    const user = await engine.newUser();
    const begun = await beginLogin(engine.deps, engine.login(user.username), {
      firstFactor: async (...args) => {
        await changeApplication(engine.deps, admin, null, engine.application.id, { enabled: false });
        return passes(...args);
      },
      signal: never,
    });
    await changeApplication(engine.deps, admin, null, engine.application.id, { enabled: true });
    expect(begun).toMatchObject({ kind: 'rejected', reason: 'application_disabled' });
  });

  test('whoever asks for an approval by API has checked no password here, so the user is asked', async () => {
    const user = await engine.newUser();
    const request = { application: engine.application.access_id, username: user.username };
    const rest = { description: 'x', number_matching: false, client_address: null };
    const caller = { id: 'acl_x', name: 'script', applicationId: null };
    const made = await createAuthRequest(engine.deps, caller, { ...request, ...rest }, never);
    expect(made.status).toBe('pending');
  });
});

describe('a relayed login', () => {
  const accepts = { acceptsLogins: () => true };
  const open = { applicationEnabled: true, authorises: true };
  const says =
    (result: Awaited<ReturnType<FirstFactorCheck>>): FirstFactorCheck =>
    async (user) => {
      expect(user).toBeUndefined();
      return result;
    };

  test('is what the home server says', async () => {
    const doorData = new Uint8Array([1]);
    const yes = says({ kind: 'verified', step: { code: 'home_server_accepted' }, doorData });
    const accepted = await relayLogin(accepts, { homeServers: yes, ...open }, never);
    expect(accepted).toBeInstanceOf(Accepted);
    expect(accepted).toMatchObject({ requestId: null, userId: null, doorData });
    const no = says({ kind: 'refused', reason: 'first_factor_refused', step: null, doorData });
    expect(await relayLogin(accepts, { homeServers: no, ...open }, never)).toMatchObject({
      kind: 'rejected',
      doorData,
    });
    const asks = says({ kind: 'asks', doorData });
    expect(await relayLogin(accepts, { homeServers: asks, ...open }, never)).toEqual({
      kind: 'first_factor_asks',
      doorData,
    });
  });

  test('is refused, and no home server asked, when the application is disabled or takes no logins', async () => {
    const neverAsked: FirstFactorCheck = async () => {
      throw new Error('a home server was asked');
    };
    const disabled = { ...open, homeServers: neverAsked, applicationEnabled: false };
    expect(await relayLogin(accepts, disabled, never)).toMatchObject({ reason: 'application_disabled' });
    const closed = { ...open, homeServers: neverAsked, authorises: false };
    expect(await relayLogin(accepts, closed, never)).toMatchObject({ reason: 'authorisation_closed' });
  });

  test('is refused while the server drains', async () => {
    const drains = { acceptsLogins: () => false };
    expect(await relayLogin(drains, { homeServers: passes, ...open }, never)).toMatchObject({
      reason: 'shutting_down',
    });
  });
});
