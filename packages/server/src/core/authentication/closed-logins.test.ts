// An application whose logins are closed lets nobody in, through whichever door, while devices are bound as before.
import { beforeAll, describe, expect, test } from 'vitest';
import { changeApplication } from '#core/applications/change-application.ts';
import { getProxiedApplication } from '#core/applications/get-proxied-application.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { getActivity } from './auth-request-store.ts';
import { beginLogin } from './begin-login.ts';
import { createAuthRequest } from './create-auth-request.ts';
import { approved, createEngine, type Engine, never, passes } from './login.test-support.ts';

const admin = { kind: 'console' } as const;
const caller = { id: 'acl_portal', name: 'Portal', applicationId: null };
const refused = { kind: 'rejected', reason: 'authorisation_closed' };

onBothDatabases('closed logins', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });
  const set = (changes: Parameters<typeof changeApplication>[4]) =>
    changeApplication(engine.deps, admin, null, engine.application.id, changes);
  const close = () => set({ authorisation: 'closed' });
  const onboarding = { door: { kind: 'onboarding', id: 'onp_test' }, number: 'shown_by_caller' } as const;

  describe.each(['push', 'none'] as const)('second factor %s', (second_factor) => {
    test('nobody gets in, no password is looked at, and the administrator reads why', async () => {
      await set({ second_factor, authorisation: 'closed' });
      const user = await engine.newUser();
      const firstFactor = () => Promise.reject(new Error('the password was looked at'));
      const begun = await beginLogin(engine.deps, engine.login(user.username), {
        firstFactor,
        signal: never,
      });
      expect(begun).toMatchObject(refused);
      if (begun.kind !== 'rejected' || begun.requestId === null) throw new Error(begun.kind);
      expect(await getActivity(db().read, null, begun.requestId)).toMatchObject({
        status: 'denied',
        reason: 'authorisation_closed',
      });
      await set({ second_factor: 'push', authorisation: 'open' });
      expect(await engine.begin(user.username)).toMatchObject({ kind: 'asked' });
    });

    test('nor in the moment in which it is closed', async () => {
      await set({ second_factor });
      const user = await engine.newUser();
      const begun = await beginLogin(engine.deps, engine.login(user.username), {
        firstFactor: async (...args) => {
          await close();
          return passes(...args);
        },
        signal: never,
      });
      await set({ second_factor: 'push', authorisation: 'open' });
      expect(begun).toMatchObject(refused);
    });
  });

  test('a third party is told at once, the same of everybody', async () => {
    const user = await engine.newUser();
    await close();
    for (const username of [user.username, 'nobody']) {
      const input = { application: engine.application.access_id, username, description: '' };
      const rest = { client_address: null, number_matching: false };
      await expect(
        createAuthRequest(engine.deps, caller, { ...input, ...rest }, never),
      ).rejects.toMatchObject({
        code: 'authorisation_closed',
      });
    }
    await set({ authorisation: 'open' });
  });

  test('an administrator who signs in with a phone is refused as well', async () => {
    const user = await engine.newUser();
    await close();
    const signIn = { door: { kind: 'console', id: 'adm_test' }, number: 'shown_by_caller' } as const;
    expect(await engine.begin(user.username, signIn)).toMatchObject(refused);
    await set({ authorisation: 'open' });
  });

  test('logins that wait are cancelled; what a device was asked before another is bound goes on', async () => {
    const [one, other] = [await engine.newUser(), await engine.newUser()];
    const login = await engine.asked(one.username);
    const binding = await engine.asked(other.username, onboarding);
    await close();
    const statusOf = async (id: string) => (await getActivity(db().read, null, id)).status;
    expect(await statusOf(login.requestId)).toBe('cancelled');
    expect(await statusOf(binding.requestId)).toBe('pending');
    // An approval that was under way is worth nothing any more.
    expect(await engine.end(login.requestId, approved)).toBeUndefined();
    expect(await engine.begin(one.username, onboarding)).toMatchObject({ kind: 'asked' });
    await set({ authorisation: 'open' });
  });

  test('remote proxies let nobody in by grace', async () => {
    await set({ unreachable_grace_seconds: 60, authorisation: 'closed' });
    const proxied = () => getProxiedApplication(engine.deps, null, engine.application.access_id);
    expect(await proxied()).toMatchObject({ enabled: true, unreachable_grace_seconds: 0 });
    await set({ authorisation: 'open' });
    expect(await proxied()).toMatchObject({ unreachable_grace_seconds: 60 });
  });
});
