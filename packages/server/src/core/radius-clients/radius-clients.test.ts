import { ids } from '@countersign/contract/models.ts';
import { CreatedRadiusClient, NewHomeServer, NewRadiusClient } from '@countersign/contract/radius-models.ts';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { changeHomeServer } from '#core/home-servers/change-home-server.ts';
import { createHomeServer } from '#core/home-servers/create-home-server.ts';
import { deleteHomeServer } from '#core/home-servers/delete-home-server.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeRadiusClient } from './change-radius-client.ts';
import { createRadiusClient } from './create-radius-client.ts';
import { deleteRadiusClient } from './delete-radius-client.ts';
import { getRadiusClient } from './get-radius-client.ts';
import { listRadiusClients } from './list-radius-clients.ts';
import { loadRadiusClients, radiusConfigurationVersion } from './load-radius-clients.ts';

const uuid = (digit: number) => `01900000-0000-7000-8000-00000000000${digit}`;
const [one, two] = [`app_${uuid(1)}`, `app_${uuid(2)}`] as const;
const secret = 'planted shared secret';

onBothDatabases('RADIUS clients', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const input = (name: string, network: string, rest: object = {}) =>
    NewRadiusClient.parse({ name, application_id: one, network, ...rest });
  const create = (name: string, network: string, rest?: object) =>
    createRadiusClient(deps(), actor, null, input(name, network, rest));
  const createServer = (name: string) =>
    createHomeServer(
      deps(),
      actor,
      null,
      NewHomeServer.parse({ name, address: '192.0.2.9', shared_secret: `${secret} of ${name}` }),
    );
  const loaded = async (id: string) => (await loadRadiusClients(deps())).find((client) => client.id === id);
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

  beforeAll(() => plantApplications(db(), one, two));

  test('created without a secret, it gets a strong one, told once and sealed', async () => {
    const made = await create('Created', '10.1.0.1');
    expect(Object.keys(made).sort()).toEqual(Object.keys(CreatedRadiusClient.shape).sort());
    expect(made).toMatchObject({
      network: '10.1.0.1/32',
      message_authenticator: 'require',
      number_matching: false,
      home_server_ids: [],
      enabled: true,
    });
    expect(ids.radiusClient.parse(made.id)).toBe(made.id);
    expect(made.shared_secret).toMatch(/^[A-Za-z0-9]{32}$/);
    const { shared_secret, ...shown } = made;
    expect(await getRadiusClient(deps(), null, made.id)).toEqual(shown);
    expect(text((await loaded(made.id))?.secret)).toBe(shared_secret);
    expect((await create('Created too', '10.1.0.2')).shared_secret).not.toBe(shared_secret);
  });

  test('no secret stands anywhere in the clear', async () => {
    const made = await create('Planted', '10.1.1.1', { shared_secret: secret });
    expect(made.shared_secret).toBe(secret);
    const changed = await changeRadiusClient(deps(), actor, null, made.id, {
      shared_secret: `${secret} two`,
    });
    expect(changed).not.toHaveProperty('shared_secret');
    expect(text((await loaded(made.id))?.secret)).toBe(`${secret} two`);
    const trail = await auditTrail(db());
    expect(trail.at(-1)).toMatchObject({
      event: 'radius_client.changed',
      data: { changed: ['shared_secret'] },
    });
    const rows = await db().read.selectFrom('radius_clients').selectAll().execute();
    expect(JSON.stringify([rows, trail, await listRadiusClients(deps(), null, { limit: 50 })])).not.toContain(
      secret,
    );
  });

  test('name and network are each taken once, and the problem says which', async () => {
    await create('Taken', '10.2.0.0/24');
    await expect(create('TAKEN', '10.2.1.0/24')).rejects.toMatchObject({ code: 'name_taken' });
    await expect(create('Network', '::ffff:10.2.0.0/120')).rejects.toMatchObject({
      code: 'network_taken',
      fields: [{ field: 'network' }],
    });
    const inside = await create('Inside', '10.2.0.7');
    await expect(
      changeRadiusClient(deps(), actor, null, inside.id, { network: '10.2.0.0/24' }),
    ).rejects.toMatchObject({ code: 'network_taken' });
    const race = await Promise.allSettled([
      create('Race one', '10.2.9.9'),
      create('Race two', '10.2.9.9/32'),
    ]);
    expect(race.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a network that is none is refused, naming the field', async () => {
    await expect(create('Bad', '10.0.0.1/8')).rejects.toMatchObject({
      code: 'invalid_request',
      fields: [{ field: 'network' }],
    });
  });

  test('home servers are kept in their order; unknown ones and repetitions are refused', async () => {
    const [a, b, c] = [await createServer('A'), await createServer('B'), await createServer('C')];
    const made = await create('Proxy', '10.3.0.1', { home_server_ids: [c.id, a.id, b.id] });
    expect(made.home_server_ids).toEqual([c.id, a.id, b.id]);
    expect((await loaded(made.id))?.homeServers.map(({ name }) => name)).toEqual(['C', 'A', 'B']);
    const changed = await changeRadiusClient(deps(), actor, null, made.id, { home_server_ids: [b.id, c.id] });
    expect(changed.home_server_ids).toEqual([b.id, c.id]);
    for (const home_server_ids of [[`hsv_${uuid(9)}`], [a.id, a.id]]) {
      const refused = { code: 'invalid_request', fields: [{ field: 'home_server_ids' }] };
      await expect(
        changeRadiusClient(deps(), actor, null, made.id, { home_server_ids }),
      ).rejects.toMatchObject(refused);
      await expect(create('Refused', '10.3.0.2', { home_server_ids })).rejects.toMatchObject(refused);
    }
    expect(await getRadiusClient(deps(), null, made.id)).toEqual(changed);
    await expect(deleteHomeServer(deps(), actor, null, b.id)).rejects.toMatchObject({ code: 'in_use' });
    await changeRadiusClient(deps(), actor, null, made.id, { home_server_ids: [] });
    await deleteHomeServer(deps(), actor, null, b.id);
    expect((await loaded(made.id))?.homeServers).toEqual([]);
  });

  test('loaded are enabled clients, also of a disabled application, with all that a door needs', async () => {
    const server = await createServer('Loaded server');
    const made = await create('Loaded', '2001:db8::/32', {
      application_id: two,
      number_matching: true,
      message_authenticator: 'auto',
      shared_secret: secret,
      home_server_ids: [server.id],
    });
    const off = await create('Off', '10.4.0.2', { enabled: false });
    await db().write((tx) =>
      tx.updateTable('applications').set({ enabled: 0 }).where('id', '=', two).execute(),
    );
    const client = await loaded(made.id);
    expect(client).toEqual({
      id: made.id,
      name: 'Loaded',
      applicationId: two,
      network: '2001:db8::/32',
      secret: Buffer.from(secret),
      messageAuthenticator: 'auto',
      stripRealm: false,
      appendRealm: '',
      numberMatching: true,
      relay: false,
      applicationEnabled: false,
      authorises: true,
      homeServers: [
        {
          id: server.id,
          name: 'Loaded server',
          address: '192.0.2.9',
          port: 1812,
          secret: Buffer.from(`${secret} of Loaded server`),
          messageAuthenticator: 'require',
          timeoutMs: 2000,
          tries: 2,
          deadSeconds: 30,
        },
      ],
    });
    expect(await loaded(off.id)).toBeUndefined();
  });

  test('the version of the configuration is another one after every change, though the clock stands still', async () => {
    const seen = new Set<string>();
    const differs = async () => {
      const version = await radiusConfigurationVersion(db().read);
      expect(await radiusConfigurationVersion(db().read)).toBe(version);
      expect(seen.has(version)).toBe(false);
      seen.add(version);
    };
    await differs();
    const [a, b] = [await createServer('Version A'), await createServer('Version B')];
    await differs();
    const made = await create('Version', '10.5.0.1', { home_server_ids: [a.id, b.id] });
    await differs();
    const change = (changes: Parameters<typeof changeRadiusClient>[4]) =>
      changeRadiusClient(deps(), actor, null, made.id, changes);
    await change({ home_server_ids: [b.id, a.id] });
    await differs();
    await change({ shared_secret: secret });
    await differs();
    await change({ enabled: false });
    await differs();
    clock.turn(-3_600_000);
    await change({ enabled: true });
    await differs();
    await changeHomeServer(deps(), actor, null, a.id, { shared_secret: `${secret} new` });
    await differs();
    clock.turn(3_600_000);
    await deleteRadiusClient(deps(), actor, null, made.id);
    await create('Version', '10.5.0.1', { home_server_ids: [b.id, a.id] });
    await differs();
    await deleteHomeServer(deps(), actor, null, (await createServer('Version C')).id);
    await createServer('Version D');
    await differs();
  });

  test('deleted, it is no longer loaded', async () => {
    const made = await create('Deleted', '10.6.0.1');
    await deleteRadiusClient(deps(), actor, null, made.id);
    expect(await loaded(made.id)).toBeUndefined();
    await expect(getRadiusClient(deps(), null, made.id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'radius_client.deleted',
      application_id: one,
      data: { network: '10.6.0.1/32' },
    });
  });

  test('an unknown application has no RADIUS clients', async () => {
    await expect(create('Nowhere', '10.7.0.1', { application_id: `app_${uuid(9)}` })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a caller bound to one application neither sees nor shadows the clients of another', async () => {
    const foreign = await create('Foreign', '10.8.0.0/16');
    const asTwo = (name: string, network: string) =>
      createRadiusClient(deps(), actor, two, input(name, network, { application_id: two }));
    for (const attempt of [
      () => getRadiusClient(deps(), two, foreign.id),
      () => changeRadiusClient(deps(), actor, two, foreign.id, { enabled: false }),
      () => deleteRadiusClient(deps(), actor, two, foreign.id),
      () => createRadiusClient(deps(), actor, two, input('Intruder', '10.99.0.1')),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    await expect(asTwo('Shadow', '10.8.0.7')).rejects.toMatchObject({ code: 'network_taken' });
    await expect(asTwo('Shadow', '0.0.0.0/0')).rejects.toMatchObject({ code: 'network_taken' });
    const own = await asTwo('Own', '10.99.0.0/16');
    await asTwo('Own, inside', '10.99.0.7');
    await expect(
      changeRadiusClient(deps(), actor, two, own.id, { network: '10.0.0.0/8' }),
    ).rejects.toMatchObject({ code: 'network_taken' });
    const listed = await listRadiusClients(deps(), two, { limit: 200 });
    expect(new Set(listed.items.map(({ application_id }) => application_id))).toEqual(new Set([two]));
    expect(await getRadiusClient(deps(), null, foreign.id)).toMatchObject({ enabled: true });
  });

  test('a relay has somebody to relay to, and stays so', async () => {
    const nobody = { code: 'invalid_request', fields: [{ field: 'home_server_ids' }] };
    await expect(create('Relay to nobody', '10.77.0.1', { relay: true })).rejects.toMatchObject(nobody);
    const made = await create('Not yet a relay', '10.77.0.2');
    const change = (changes: object) => changeRadiusClient(deps(), actor, null, made.id, changes);
    await expect(change({ relay: true })).rejects.toMatchObject(nobody);
    const { id: home } = await createServer('Relayed to');
    expect(await change({ relay: true, home_server_ids: [home] })).toMatchObject({ relay: true });
    await expect(change({ home_server_ids: [] })).rejects.toMatchObject(nobody);
    expect(await loaded(made.id)).toMatchObject({ relay: true });
  });

  test('pages follow each other by name', async () => {
    const all = await listRadiusClients(deps(), null, { limit: 200, application_id: one });
    const first = await listRadiusClients(deps(), null, { limit: 3, application_id: one });
    const cursor = first.nextCursor ?? undefined;
    const second = await listRadiusClients(deps(), null, { limit: 200, cursor, application_id: one });
    expect([...first.items, ...second.items]).toEqual(all.items);
    expect(second.items.length).toBeGreaterThan(0);
  });
});
