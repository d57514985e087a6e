// Teams over HTTP: what the console does, what a client bound to one application sees, and the notice for an application that asks nobody.
import { expect, test } from 'vitest';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { becomeOwner, openTestDoor } from './sessions.test-support.ts';

onBothDatabases('teams over HTTP', (db) => {
  const open = async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const name = `By team ${newId(door.base, 'app')}`;
    const made = await owner.call('POST', '/v1/applications', { name, second_factor: 'by_team' });
    return { door, owner, name, id: String(made.body.id) };
  };
  const tokenOf = async (
    { base, door }: Awaited<ReturnType<typeof openTestDoor>>,
    application_id: string,
  ) => {
    const client = await createApiClient(base, { kind: 'console' }, 'everything', {
      name: `Bound ${newId(base, 'acl')}`,
      scopes: ['users', 'applications'],
      application_id,
      enabled: true,
    });
    const form = {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.client_secret,
    };
    const { payload } = await door.app.inject({
      method: 'POST',
      url: '/v1/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    return String((JSON.parse(payload) as { access_token: string }).access_token);
  };

  test('made, listed, switched and deleted; the notice ends with the first team that asks', async () => {
    const { owner, id, name } = await open();
    const told = async () =>
      ((await owner.call('GET', '/v1/notices')).body.items as { text: string; code: string }[]).some(
        ({ text, code }) => code === 'no_team_asks' && text.includes(name),
      );
    expect(await told()).toBe(true);
    const made = await owner.call('POST', `/v1/applications/${id}/teams`, { name: 'Admins' });
    expect([made.status, made.body.second_factor_required]).toEqual([201, false]);
    const path = `/v1/teams/${String(made.body.id)}`;
    expect((await owner.call('POST', `/v1/applications/${id}/teams`, { name: 'admins' })).status).toBe(409);
    expect((await owner.call('PATCH', path, { name: 'Other' })).status).toBe(400);
    expect((await owner.call('PATCH', path, { second_factor_required: true })).status).toBe(200);
    expect(await told()).toBe(false);
    expect((await owner.call('GET', `/v1/applications/${id}/teams`)).body.items).toMatchObject([
      { name: 'Admins', member_count: 0, second_factor_required: true, required_by: [], pushed: false },
    ]);
    expect((await owner.call('DELETE', path)).status).toBe(204);
    expect((await owner.call('GET', path)).status).toBe(404);
  });

  test('a client of another application neither sees nor touches them', async () => {
    const { door, owner, id } = await open();
    const other = await open();
    const made = await owner.call('POST', `/v1/applications/${id}/teams`, { name: 'Admins' });
    const authorization = `Bearer ${await tokenOf(door, other.id)}`;
    const own = `Bearer ${await tokenOf(door, id)}`;
    const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, by: string, body?: object) =>
      (
        await door.door.app.inject({
          method,
          url,
          headers: { authorization: by },
          ...(body && { payload: body }),
        })
      ).statusCode;
    const path = `/v1/teams/${String(made.body.id)}`;
    const list = `/v1/applications/${id}/teams`;
    await owner.call('POST', '/v1/users', { application_id: id, username: 'ann', teams: ['Admins'] });
    await owner.call('POST', '/v1/users', { application_id: id, username: 'bob' });
    const members = async (by: string, query: string) => {
      const url = `/v1/users?team_id=${query}`;
      const { payload } = await door.door.app.inject({ method: 'GET', url, headers: { authorization: by } });
      return (JSON.parse(payload) as { items?: { username: string }[] }).items?.map((user) => user.username);
    };
    const team = String(made.body.id);
    expect([await members(own, team), await members(authorization, team)]).toEqual([['ann'], []]);
    expect(await members(own, `${team}&application_id=${other.id}`)).toEqual([]);
    expect(await members(own, 'Admins')).toBeUndefined();
    expect([
      await ask('GET', list, authorization),
      await ask('POST', list, authorization, { name: 'x' }),
      await ask('GET', path, authorization),
      await ask('PATCH', path, authorization, { second_factor_required: true }),
      await ask('DELETE', path, authorization),
    ]).toEqual([404, 404, 404, 404, 404]);
    expect([
      await ask('GET', list, own),
      await ask('PATCH', path, own, { second_factor_required: true }),
      await ask('DELETE', path, own),
    ]).toEqual([200, 200, 204]);
  });
});
