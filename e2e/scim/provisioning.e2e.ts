// A provisioning cycle as identity providers run it, and what it does to logins at the door.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

interface Resource {
  readonly id: string;
  readonly meta: { readonly version: string };
  readonly [name: string]: unknown;
}

interface List {
  readonly totalResults: number;
  readonly Resources: readonly Resource[];
}

/** What the provider sends; each answer must have one of the wanted codes. */
function provider(vpn: Vpn, token: string) {
  const send = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${vpn.installation.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text === '' ? '{}' : text) as T };
  };
  return {
    send,
    find: async (path: string, filter: string): Promise<Resource | undefined> => {
      const { body } = await send<List>('GET', `${path}?filter=${encodeURIComponent(filter)}`);
      return body.Resources[0];
    },
    patch: (path: string, ...Operations: readonly unknown[]) =>
      send<Resource>('PATCH', path, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations,
      }),
  };
}

describe.each(databases)('users pushed by SCIM, with $name', (database) => {
  if (!database.here) {
    test.skip(`${database.name} is not installed`);
    return;
  }
  let vpn: Vpn;
  let gateway: Gateway;
  let push: ReturnType<typeof provider>;
  let tokenId: string;
  beforeAll(async () => {
    vpn = await deployVpn({ databaseUrl: await database.create() });
    gateway = await vpn.addGateway();
    const { token, base_url, id } = await vpn.installation.json<{
      token: string;
      base_url: string;
      id: string;
    }>([...['scim-tokens', 'create', '--name', 'Identity provider', '--application', 'VPN']]);
    expect(base_url).toBe(`${vpn.installation.url}/scim/v2`);
    push = provider(vpn, token);
    tokenId = id;
  });
  afterAll(async () => {
    await vpn?.stop();
    await database.stop();
  });

  const password = 'a password that Okta syncs';
  const alice = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    externalId: '00u1',
    userName: 'alice@example.com',
    name: { givenName: 'Alice', familyName: 'Adams' },
    emails: [{ primary: true, value: 'alice@example.com', type: 'work' }],
    phoneNumbers: [{ value: '+49 170 1234567', type: 'mobile' }],
    active: true,
    password,
  };
  const login = () => radclient(gateway, papLogin('alice@example.com', password));

  test('the first cycle: looked for, not found, created, and put into a group', async () => {
    expect(await push.find('/Users', 'userName eq "alice@example.com"')).toBeUndefined();
    const { status, body } = await push.send<Resource>('POST', '/Users', alice);
    expect([status, body['displayName']]).toEqual([201, 'Alice Adams']);
    const group = await push.send<Resource>('POST', '/Groups', {
      displayName: 'VPN users',
      externalId: 'g1',
    });
    const added = { op: 'Add', path: 'members', value: [{ value: body.id }] };
    expect((await push.patch(`/Groups/${group.body.id}`, added)).status).toBe(200);
    const { items } = await vpn.installation.json<{ items: readonly Record<string, unknown>[] }>([
      ...['users', 'list', '--application', 'VPN'],
    ]);
    expect(items).toMatchObject([
      { username: 'alice@example.com', teams: ['VPN users'], phone: '+491701234567', external_guid: '00u1' },
    ]);
  });

  test('who was pushed binds a phone and gets in; who is deactivated does not, and gets in again when active', async () => {
    const user = await push.find('/Users', 'externalId eq "00u1"');
    const path = `/Users/${user?.id}`;
    const phone = await vpn.addPhone({ id: user?.id ?? '', username: 'alice@example.com', password });
    const first = login();
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    expect((await first).code).toBe('Access-Accept');

    expect((await push.patch(path, { op: 'Replace', path: 'active', value: 'False' })).status).toBe(200);
    expect((await login()).code).toBe('Access-Reject');
    expect((await vpn.lastActivity('alice@example.com')).reason).toBe('user_disabled');

    await push.patch(path, { op: 'replace', value: { active: true } });
    const again = login();
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    expect((await again).code).toBe('Access-Accept');
  });

  test('the second cycle finds everything as it is: nothing is written, and what changed meanwhile is not overwritten', async () => {
    const user = await push.find('/Users', 'userName eq "ALICE@example.com"');
    const path = `/Users/${user?.id}`;
    const version = user?.meta.version ?? '';
    expect((await push.send('GET', path, undefined, { 'if-none-match': version })).status).toBe(304);
    const { password: _, ...same } = alice;
    const put = await push.send<Resource>('PUT', path, { ...same, displayName: 'Alice Adams' });
    expect(put.body.meta.version).toBe(version);
    await push.patch(path, { op: 'replace', path: 'displayName', value: 'Alice Brown' });
    expect((await push.send('PUT', path, same, { 'if-match': version })).status).toBe(412);
  });

  test('deleted at the provider: the user is gone with the phone, and the group is empty', async () => {
    const user = await push.find('/Users', 'userName eq "alice@example.com"');
    expect((await push.send('DELETE', `/Users/${user?.id}`)).status).toBe(204);
    expect((await login()).code).toBe('Access-Reject');
    expect(await push.find('/Groups', 'displayName eq "VPN users"')).toMatchObject({ members: [] });
    const { items } = await vpn.installation.json<{ items: readonly { event: string; actor_id: string }[] }>([
      ...['audit', 'list', '--limit', '100'],
    ]);
    const pushed = items.filter(({ actor_id }) => actor_id === tokenId).map(({ event }) => event);
    expect(pushed).toContain('user.deleted');
    expect(pushed).toContain('team.changed');
  });

  test('a token that is deleted is refused at once', async () => {
    await vpn.installation.json(['scim-tokens', 'delete', tokenId, '--yes']);
    expect((await push.send('GET', '/Users')).status).toBe(401);
  });
});
