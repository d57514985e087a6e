import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  auditTrail,
  createHandClock,
  plantApplications,
  plantDevice,
} from '#core/audit/administration.test-support.ts';
import { allScopes } from '@countersign/contract/scopes.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import {
  administratorDeps,
  goodPassword,
  makeAdministrator,
  plantInstallation,
  visitor,
} from './administrators.test-support.ts';
import { changeAdministrator } from './change-administrator.ts';
import { createAdministrator } from './create-administrator.ts';
import { deleteAdministrator } from './delete-administrator.ts';
import { endSessionsOf, forgetSessions } from './end-session.ts';
import { findSignedIn } from './find-session.ts';
import { getAdministrator, listAdministrators } from './get-administrator.ts';
import { listSessions } from './get-session.ts';
import { inviteAdministrator } from './invite-administrator.ts';
import { changeOwnPassword, changeOwnPhone } from './own-factors.ts';
import { readSessionTimes } from './session.ts';
import { inspectSetupLink } from './setup-link.ts';
import { startSession } from './start-session.ts';
import { useSetupLink } from './use-setup-link.ts';

const day = 86_400_000;

onBothDatabases('administrators', (db) => {
  const clock = createHandClock();
  const deps = () => administratorDeps(db(), clock);
  const remove = (id: string) => deleteAdministrator(deps(), actor, 'everything', id);
  const change = (id: string, changes: Parameters<typeof changeAdministrator>[4]) =>
    changeAdministrator(deps(), actor, 'everything', id, changes);
  const everybody = async () => (await listAdministrators(deps(), { limit: 200 })).items;
  beforeAll(() => plantInstallation(db()));

  /** Only those that the test makes itself are owners. */
  async function onlyOwners(...names: readonly string[]) {
    const made = [];
    for (const name of names) made.push(await makeAdministrator(deps(), name, 'owner'));
    const kept = new Set(made.map(({ id }) => id));
    for (const { id, role } of await everybody()) if (role === 'owner' && !kept.has(id)) await remove(id);
    return made;
  }

  async function plantUsers(application: string, ...ids: readonly string[]): Promise<void> {
    await plantApplications(db(), application);
    const users = ids.map((id) => ({
      id,
      application_id: application,
      username: id,
      username_key: id,
      ...{ full_name: '', email: '', phone: '', external_guid: '', enabled: 1 as const, device_limit: null },
      ...{ password_hash: null, held_by_request_id: null, unanswered_streak: 0, left_alone_until: null },
      ...{ last_authenticated_at: null, last_onboarded_at: null, requests_opened: 0 },
      ...{ created_at: 1, updated_at: 1, search_key: '' },
    }));
    await db().write((tx) => tx.insertInto('users').values(users).execute());
  }

  test('are made by an invitation, which fixes the name and works once, for a day', async () => {
    const made = await createAdministrator(deps(), actor, 'everything', {
      username: 'Ann',
      role: 'helpdesk',
    });
    expect(made).toMatchObject({
      username: 'Ann',
      role: 'helpdesk',
      enabled: true,
      has_password: false,
      passkey_count: 0,
      phone_user: null,
      invited_until: clock.now() + day,
      last_signed_in_at: null,
    });
    expect(made.invitation_link).toMatch(
      /^https:\/\/mfa\.example\.test\/console\/#\/invitation\/cin_[\w-]{43}$/,
    );
    const token = made.invitation_link.split('/').at(-1)!;
    expect(await inspectSetupLink(deps(), token)).toMatchObject({
      kind: 'invitation',
      username: 'Ann',
      role: 'helpdesk',
    });
    const use = (username: string) =>
      useSetupLink(deps(), visitor, { token, username, password: goodPassword });
    await expect(use('Bob')).rejects.toMatchObject({ code: 'invalid_request' });
    const { session } = await use('ann');
    expect(session.administrator).toMatchObject({ id: made.id, username: 'Ann', has_password: true });
    await expect(use('Ann')).rejects.toMatchObject({ code: 'setup_link_invalid' });
    expect(await getAdministrator(deps(), made.id)).toMatchObject({
      invited_until: null,
      last_signed_in_at: clock.now(),
    });
    await expect(
      createAdministrator(deps(), actor, 'everything', { username: 'ANN', role: 'owner' }),
    ).rejects.toMatchObject({ code: 'name_taken' });
    expect(JSON.stringify(await auditTrail(db()))).not.toContain(token);
  });

  test('are listed by user name, page by page', async () => {
    for (const username of ['p2', 'p1', 'p3'])
      await createAdministrator(deps(), actor, 'everything', { username, role: 'auditor' });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAdministrators(deps(), { limit: 2, cursor });
      names.push(...page.items.map(({ username }) => username));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['Ann', 'p1', 'p2', 'p3']);
  });

  test('are changed, and disabling signs out', async () => {
    const [boss] = await onlyOwners('changing boss');
    const { id, token } = await makeAdministrator(deps(), 'changed', 'auditor');
    expect(await findSignedIn(deps(), token)).toMatchObject({ role: 'auditor' });
    expect(await change(id, { role: 'helpdesk', username: 'renamed' })).toMatchObject({
      username: 'renamed',
    });
    expect(await findSignedIn(deps(), token)).toMatchObject({ role: 'helpdesk' });
    await expect(change(id, { username: 'changing boss' })).rejects.toMatchObject({ code: 'name_taken' });
    await change(id, { enabled: false });
    expect(await findSignedIn(deps(), token)).toBeUndefined();
    await change(id, { enabled: true });
    expect(await findSignedIn(deps(), token)).toBeUndefined();
    expect(await findSignedIn(deps(), boss!.token)).toMatchObject({ role: 'owner' });
    const trail = (await auditTrail(db())).filter(({ subject_id }) => subject_id === id);
    expect(trail.map(({ event, data }) => [event, data.changed])).toContainEqual([
      'administrator.changed',
      ['role', 'username'],
    ]);
    const written = trail.length;
    await change(id, { enabled: true });
    expect((await auditTrail(db())).filter(({ subject_id }) => subject_id === id)).toHaveLength(written);
  });

  test('there is always an owner who can get in', async () => {
    const [only] = await onlyOwners('only');
    await createAdministrator(deps(), actor, 'everything', { username: 'never came', role: 'owner' });
    const { id } = only!;
    const lastOwner = { code: 'last_owner' };
    await expect(remove(id)).rejects.toMatchObject(lastOwner);
    await expect(change(id, { role: 'administrator' })).rejects.toMatchObject(lastOwner);
    await expect(change(id, { enabled: false })).rejects.toMatchObject(lastOwner);
    await makeAdministrator(deps(), 'no owner', 'administrator');
    await expect(remove(id)).rejects.toMatchObject(lastOwner);
    await makeAdministrator(deps(), 'second', 'owner');
    await remove(id);
    await expect(getAdministrator(deps(), id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of the last two owners who remove each other at once, one stays', async () => {
    const waysOut = [
      (id: string) => remove(id),
      (id: string) => change(id, { role: 'auditor' }),
      (id: string) => change(id, { enabled: false }),
    ];
    for (const [round, out] of waysOut.entries()) {
      const [one, two] = await onlyOwners(`race ${round} one`, `race ${round} two`);
      const results = await Promise.allSettled([out(one!.id), remove(two!.id)]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'last_owner' });
      expect((await everybody()).filter(({ role, enabled }) => role === 'owner' && enabled)).toHaveLength(1);
    }
  });

  test('an invitation takes every factor and session away; the one before no longer works', async () => {
    const [boss] = await onlyOwners('inviter');
    const { id, username, token } = await makeAdministrator(deps(), 'lost', 'helpdesk');
    const invite = async () =>
      (await inviteAdministrator(deps(), actor, 'everything', id)).invitation_link.split('/').at(-1)!;
    const first = await invite();
    expect(await findSignedIn(deps(), token)).toBeUndefined();
    expect(await getAdministrator(deps(), id)).toMatchObject({ has_password: false, passkey_count: 0 });
    const second = await invite();
    const use = (link: string) =>
      useSetupLink(deps(), visitor, { token: link, username, password: goodPassword });
    await expect(use(first)).rejects.toMatchObject({ code: 'setup_link_invalid' });
    await change(id, { enabled: false });
    await expect(use(second)).rejects.toMatchObject({ code: 'setup_link_invalid' });
    await change(id, { enabled: true });
    expect((await use(second)).session.administrator.id).toBe(id);
    // Also the last owner: the link leads back in.
    await inviteAdministrator(deps(), actor, 'everything', boss!.id);
  });

  test('an API client makes nobody stronger than itself, and a bound one nobody at all', async () => {
    const helper = {
      scopes: ['administrators', 'applications', 'users', 'devices', 'activity'] as const,
      applicationId: null,
    };
    const bound = { scopes: allScopes, applicationId: 'app_1' };
    const forbidden = { code: 'forbidden' };
    const made = await createAdministrator(deps(), actor, helper, {
      username: 'by helper',
      role: 'helpdesk',
    });
    await expect(
      createAdministrator(deps(), actor, helper, { username: 'x', role: 'owner' }),
    ).rejects.toMatchObject(forbidden);
    await expect(
      changeAdministrator(deps(), actor, helper, made.id, { role: 'auditor' }),
    ).rejects.toMatchObject(forbidden);
    await expect(deleteAdministrator(deps(), actor, bound, made.id)).rejects.toMatchObject(forbidden);
    const [boss] = await onlyOwners('untouched');
    for (const touch of [
      () => deleteAdministrator(deps(), actor, helper, boss!.id),
      () => inviteAdministrator(deps(), actor, helper, boss!.id),
      () => changeAdministrator(deps(), actor, helper, boss!.id, { enabled: false }),
      () => endSessionsOf(deps(), actor, helper, boss!.id),
    ])
      await expect(touch()).rejects.toMatchObject(forbidden);
  });

  test('a new password ends the other sessions', async () => {
    const own = { ...(await makeAdministrator(deps(), 'careful', 'auditor')) };
    const again = await inviteAdministrator(deps(), actor, 'everything', own.id);
    const token = again.invitation_link.split('/').at(-1)!;
    const fresh = await useSetupLink(deps(), visitor, { token, username: 'careful', password: goodPassword });
    const self = { administratorId: own.id, username: 'careful', sessionId: fresh.session.id };
    expect(await listSessions(deps(), own.id, null)).toHaveLength(1);
    await changeOwnPassword(deps(), self, 'violin orchid lantern');
    expect(await findSignedIn(deps(), fresh.token)).toBeDefined();
    await endSessionsOf(deps(), actor, 'everything', own.id);
    expect(await findSignedIn(deps(), fresh.token)).toBeUndefined();
  });

  test('what was on its way when the administrator was begun anew changes nothing', async () => {
    const made = await makeAdministrator(deps(), 'taken over', 'auditor');
    const own = { administratorId: made.id, username: made.username, sessionId: made.sessionId };
    const hashing = Promise.withResolvers<string>();
    const passwords = { ...deps().passwords, hash: () => hashing.promise };
    const late = changeOwnPassword({ ...deps(), passwords }, own, 'violin orchid lantern');
    await inviteAdministrator(deps(), actor, 'everything', made.id);
    hashing.resolve('hash');
    await expect(late).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await getAdministrator(deps(), made.id)).toMatchObject({ has_password: false });
    await deleteAdministrator(deps(), actor, 'everything', made.id);
    await expect(changeOwnPhone(deps(), own, null)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('sessions begun with the password alone do not become whole by a second factor that another one adds', async () => {
    const made = await makeAdministrator(deps(), 'joined late', 'auditor');
    const own = { administratorId: made.id, username: made.username, sessionId: made.sessionId };
    const times = await readSessionTimes(deps());
    const stolen = await db().write((tx) =>
      startSession(tx, deps(), times, {
        administratorId: made.id,
        strength: 'password',
        method: 'password',
        visitor,
        replaces: null,
      }),
    );
    expect(await findSignedIn(deps(), stolen.token)).toMatchObject({ mustEnrol: true });
    await plantUsers('app_joined', 'usr_joined');
    await plantDevice(db(), 'usr_joined', 'dev_joined');
    await changeOwnPhone(deps(), own, 'usr_joined');
    expect(await findSignedIn(deps(), stolen.token)).toBeUndefined();
    expect(await findSignedIn(deps(), made.token)).toMatchObject({ mustEnrol: false });
  });

  test('a shorter longest time holds for sessions that there are', async () => {
    const { token, id } = await makeAdministrator(deps(), 'long', 'auditor');
    const settings = {
      ...deps().settings,
      values: async () => ({ ...(await deps().settings.values()), session_hours: 1 }),
    };
    const shorter = { ...deps(), settings };
    clock.turn(25 * 60_000);
    expect(await findSignedIn(shorter, token)).toBeDefined();
    clock.turn(25 * 60_000);
    expect(await findSignedIn(shorter, token)).toBeDefined();
    clock.turn(11 * 60_000);
    expect(await findSignedIn(shorter, token)).toBeUndefined();
    expect(await listSessions(shorter, id, null)).toEqual([]);
    expect(await findSignedIn(deps(), token)).toBeDefined();
  });

  test('what a page asks by itself keeps no session from idling', async () => {
    const { token } = await makeAdministrator(deps(), 'away', 'auditor');
    clock.turn(20 * 60_000);
    expect(await findSignedIn(deps(), token, false)).toBeDefined();
    clock.turn(11 * 60_000);
    expect(await findSignedIn(deps(), token, false)).toBeUndefined();
  });

  test('the phone is that of a user with a device, and goes with the user', async () => {
    await plantUsers('app_phone', 'usr_with', 'usr_without');
    await plantDevice(db(), 'usr_with', 'dev_with');
    const { id, sessionId } = await makeAdministrator(deps(), 'phoning', 'auditor');
    const own = { administratorId: id, username: 'phoning', sessionId };
    await expect(changeOwnPhone(deps(), own, 'usr_nobody')).rejects.toMatchObject({ code: 'not_found' });
    await expect(changeOwnPhone(deps(), own, 'usr_without')).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await changeOwnPhone(deps(), own, 'usr_with');
    const phone = { id: 'usr_with', username: 'usr_with', application_name: 'app_phone' };
    expect((await getAdministrator(deps(), id)).phone_user).toEqual(phone);
    await expect(changeOwnPhone(deps(), own, null)).rejects.toMatchObject({ code: 'last_factor' });
    await expect(changeOwnPassword(deps(), own, null)).rejects.toMatchObject({ code: 'last_factor' });
    await db().write((tx) => tx.deleteFrom('users').where('id', '=', 'usr_with').execute());
    expect((await getAdministrator(deps(), id)).phone_user).toBeNull();
  });

  test('what has ended is forgotten', async () => {
    const { id } = await makeAdministrator(deps(), 'forgotten', 'auditor');
    const rows = async () =>
      (await db().read.selectFrom('sessions').select('id').where('administrator_id', '=', id).execute())
        .length;
    await forgetSessions(deps());
    expect(await rows()).toBe(1);
    clock.turn(31 * 60_000);
    await forgetSessions(deps());
    expect(await rows()).toBe(0);
  });
});
