// What administration refuses for what it brings stands in the audit trail, without what it was, and not as often as it is tried.
import type { AuditEvent } from '@countersign/contract/models.ts';
import { expect, test } from 'vitest';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { becomeOwner, openTestDoor } from './sessions.test-support.ts';

onBothDatabases('refused input over HTTP', (db) => {
  test('is audited once a minute for each call and cause, with how often; reading and good calls are not', async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const { body } = await owner.call('POST', '/v1/applications', { name: 'Refusing' });
    const { id } = body as { id: string };
    const source = {
      kind: 'ldap',
      name: 'Staff',
      hosts: ['ldap.example.com'],
      bind_name: 'cn=x',
      base_dn: 'dc=x',
    };
    const hostile = { ...source, bind_password: 'secret words', base_dn: 'dc=x\r\n(objectClass=*)' };
    const send = () => owner.call('POST', `/v1/applications/${id}/user-sources`, hostile);
    for (let tries = 0; tries < 3; tries += 1) expect((await send()).status).toBe(400);
    expect((await owner.call('GET', '/v1/users?limit=nonsense')).status).toBe(400);
    const made = `made up ${'x'.repeat(300)}`;
    expect((await owner.call('PATCH', `/v1/applications/${id}`, { [made]: true })).status).toBe(400);
    door.clock.turn(60_000);
    await send();
    const trail = await owner.call('GET', '/v1/audit-events?event=administration.refused');
    const { items } = trail.body as unknown as { items: AuditEvent[] };
    const told = items.map(({ data }) => [data['operation'], data['reason'], data['times']]);
    expect(told).toEqual([
      ['createUserSource', 'invalid_request', 3],
      ['changeApplication', 'invalid_request', 1],
      ['createUserSource', 'invalid_request', 1],
    ]);
    expect(items[0]?.data['fields']).toEqual(['base_dn']);
    expect(JSON.stringify(items)).not.toMatch(/objectClass|secret words|x{100}/);
  });

  test('of a client of one application it is filed under that', async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const { body } = await owner.call('POST', '/v1/applications', { name: 'Bound' });
    const id = String(body.id);
    const client = await createApiClient(door.base, { kind: 'console' }, 'everything', {
      ...{ name: 'Bound', scopes: ['applications', 'audit'], application_id: id, enabled: true },
    });
    const form = { client_id: client.id, client_secret: client.client_secret };
    const { payload } = await door.door.app.inject({
      method: 'POST',
      url: '/v1/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
    });
    const { access_token: token } = JSON.parse(payload) as { access_token: string };
    const call = (method: 'GET' | 'PATCH', url: string, body?: object) =>
      door.door.app.inject({
        ...{ method, url, headers: { authorization: `Bearer ${token}` } },
        ...(body && { payload: body }),
      });
    const refused = await call('PATCH', `/v1/applications/${id}`, { device_limit: 'many' });
    expect(refused.statusCode).toBe(400);
    // It sees nothing but what is filed under its application.
    const trail = await call('GET', '/v1/audit-events?event=administration.refused');
    expect((JSON.parse(trail.payload) as { items: AuditEvent[] }).items).toMatchObject([
      { actor_id: client.id, application_id: id, data: { operation: 'changeApplication' } },
    ]);
  });
});
