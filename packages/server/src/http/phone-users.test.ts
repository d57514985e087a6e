// A user whose phone signs an administrator in: nobody who may less than the administrator gets a device that answers for them, or takes
// the second factor away.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { inviteAdministrator } from '#core/administrators/invite-administrator.ts';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import { plantDevice } from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import {
  becomeOwner,
  goodPassword,
  openBrowser,
  openTestDoor,
  type TestDoor,
} from './sessions.test-support.ts';

type Db = Parameters<typeof openTestDoor>[0];

/** Somebody of a role, signed in by the invitation. */
async function invited(door: TestDoor, owner: Awaited<ReturnType<typeof becomeOwner>>, role: string) {
  const username = `${role} ${randomUUID()}`;
  const made = await owner.call('POST', '/v1/administrators', { username, role });
  const token = String(made.body.invitation_link).split('/').at(-1);
  const browser = openBrowser(door, `192.0.2.${role.length}`);
  expect((await browser.call('POST', '/v1/setup', { token, username, password: goodPassword })).status).toBe(
    201,
  );
  return { ...browser, username };
}

async function start(db: Db) {
  const door = await openTestDoor(db);
  const owner = await becomeOwner(door);
  const application = await owner.call('POST', '/v1/applications', { name: `Staff ${randomUUID()}` });
  const { id: application_id } = application.body;
  const user = await owner.call('POST', '/v1/users', { application_id, username: 'boss' });
  const userId = String(user.body.id);
  await plantDevice(db, userId, `dev_${randomUUID()}`);
  const helpdesk = await invited(door, owner, 'helpdesk');
  return { door, owner, helpdesk, userId, applicationId: String(application_id) };
}

onBothDatabases('users whose phone signs an administrator in', (db) => {
  test('only the administrator and owners bind a device; links made before are withdrawn', async () => {
    const { owner, helpdesk, userId, applicationId, door } = await start(db());
    const link = ({ call }: typeof helpdesk) => call('POST', '/v1/onboarding-links', { user_id: userId });
    const early = await link(helpdesk);
    expect(early.status).toBe(201);
    expect((await owner.call('PUT', '/v1/session/phone-user', { user_id: userId })).status).toBe(200);
    const links = await owner.call('GET', `/v1/onboarding-links?user_id=${userId}`);
    expect(links.body.items).toEqual([]);
    expect((await link(helpdesk)).body.code).toBe('forbidden');
    const administrator = await invited(door, owner, 'administrator');
    expect((await link(administrator)).body.code).toBe('forbidden');
    expect((await link(owner)).status).toBe(201);
    for (const given of [{ application_id: applicationId }, { application_id: null }]) {
      const client = await createApiClient(door.base, { kind: 'console' }, 'everything', {
        name: `c ${randomUUID()}`,
        scopes: ['users'],
        enabled: true,
        ...given,
      });
      const token = await door.door.app.inject({
        method: 'POST',
        url: '/v1/oauth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: client.id,
          client_secret: client.client_secret,
        }).toString(),
      });
      const { access_token } = token.json<{ access_token: string }>();
      const answer = await openBrowser(door).call(
        'POST',
        '/v1/onboarding-links',
        { user_id: userId },
        { authorization: `Bearer ${access_token}` },
      );
      expect(answer.body.code).toBe('forbidden');
    }
  });

  test('an administrator binds the own next device', async () => {
    const { helpdesk, userId } = await start(db());
    expect((await helpdesk.call('PUT', '/v1/session/phone-user', { user_id: userId })).status).toBe(200);
    expect((await helpdesk.call('POST', '/v1/onboarding-links', { user_id: userId })).status).toBe(201);
  });

  test('neither the user nor the application goes while the phone is needed', async () => {
    const { owner, helpdesk, userId, applicationId } = await start(db());
    await owner.call('PUT', '/v1/session/phone-user', { user_id: userId });
    expect((await helpdesk.call('DELETE', `/v1/users/${userId}`)).body.code).toBe('in_use');
    const many = await helpdesk.call('POST', '/v1/users/delete', { user_ids: [userId] });
    expect(many.body.code).toBe('in_use');
    expect((await owner.call('DELETE', `/v1/applications/${applicationId}`)).body.code).toBe('in_use');
    expect((await owner.call('PUT', '/v1/session/phone-user', { user_id: null })).body.code).toBe(
      'last_factor',
    );
  });

  test('once the administrator is begun anew they may go', async () => {
    const { door, owner, helpdesk, userId, applicationId } = await start(db());
    const own = await helpdesk.call('PUT', '/v1/session/phone-user', { user_id: userId });
    const { id } = own.body.administrator as { id: string };
    await inviteAdministrator(
      { ...door.base, publicUrl: door.publicUrl },
      { kind: 'console' },
      'everything',
      id,
    );
    expect((await owner.call('DELETE', `/v1/users/${userId}`)).status).toBe(204);
    expect((await owner.call('DELETE', `/v1/applications/${applicationId}`)).status).toBe(204);
  });
});
