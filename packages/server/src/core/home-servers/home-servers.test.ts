import { ids } from '@countersign/contract/models.ts';
import { HomeServer, NewHomeServer } from '@countersign/contract/radius-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeHomeServer } from './change-home-server.ts';
import { createHomeServer } from './create-home-server.ts';
import { deleteHomeServer } from './delete-home-server.ts';
import { getHomeServer } from './get-home-server.ts';
import { listHomeServers } from './list-home-servers.ts';

const secret = 'planted home server secret';

onBothDatabases('home servers', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const input = (name: string, rest: object = {}) =>
    NewHomeServer.parse({ name, address: '192.0.2.9', shared_secret: secret, ...rest });
  const create = (name: string, rest?: object) => createHomeServer(deps(), actor, null, input(name, rest));
  const opened = async (id: string) => {
    const row = await db()
      .read.selectFrom('home_servers')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return Buffer.from(deps().vault.open('home-server', id, row.shared_secret)).toString();
  };

  test('created, it has the defaults, and its secret is sealed and never shown', async () => {
    const made = await create('Created');
    expect(Object.keys(made).sort()).toEqual(Object.keys(HomeServer.shape).sort());
    expect(made).toMatchObject({ port: 1812, message_authenticator: 'require', timeout_ms: 2000, tries: 2 });
    expect(ids.homeServer.parse(made.id)).toBe(made.id);
    expect(await getHomeServer(deps(), null, made.id)).toEqual(made);
    expect(await opened(made.id)).toBe(secret);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'home_server.created',
      subject_id: made.id,
    });
    const everything = JSON.stringify([
      await auditTrail(db()),
      await db().read.selectFrom('home_servers').selectAll().execute(),
      await listHomeServers(deps(), null, { limit: 50 }),
    ]);
    expect(everything).not.toContain(secret);
  });

  test('its address is kept in one way', async () => {
    expect(await create('Six', { address: '2001:DB8:0::1' })).toMatchObject({ address: '2001:db8::1' });
    expect(await create('Mapped', { address: '::ffff:192.0.2.7' })).toMatchObject({ address: '192.0.2.7' });
    const made = await create('Moved');
    await expect(
      createHomeServer(deps(), actor, null, { ...input('Zone'), address: 'fe80::1%eth0' }),
    ).rejects.toMatchObject({ code: 'invalid_request', fields: [{ field: 'address' }] });
    await expect(
      changeHomeServer(deps(), actor, null, made.id, { address: '010.0.0.1' }),
    ).rejects.toMatchObject({ code: 'invalid_request', fields: [{ field: 'address' }] });
  });

  test('a name is taken whatever its case', async () => {
    await create('Taken');
    await expect(create('TAKEN')).rejects.toMatchObject({ code: 'name_taken' });
    const other = await create('Other');
    await expect(changeHomeServer(deps(), actor, null, other.id, { name: 'taken' })).rejects.toMatchObject({
      code: 'name_taken',
    });
  });

  test('a change touches only what it names, names a new secret without telling it, and always grows the time', async () => {
    const made = await create('Changed');
    const changed = await changeHomeServer(deps(), actor, null, made.id, {
      tries: 5,
      shared_secret: `${secret}, new`,
    });
    expect(changed).toEqual({ ...made, tries: 5, updated_at: made.updated_at + 1 });
    expect(await opened(made.id)).toBe(`${secret}, new`);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'home_server.changed',
      data: { changed: ['tries', 'shared_secret'] },
    });
    const events = (await auditTrail(db())).length;
    expect(await changeHomeServer(deps(), actor, null, made.id, { tries: 5 })).toEqual(changed);
    expect(await auditTrail(db())).toHaveLength(events);
  });

  test('deleted, it is gone', async () => {
    const made = await create('Deleted');
    await deleteHomeServer(deps(), actor, null, made.id);
    await expect(getHomeServer(deps(), null, made.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(deleteHomeServer(deps(), actor, null, made.id)).rejects.toMatchObject({ code: 'not_found' });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'home_server.deleted',
      data: { name: 'Deleted' },
    });
  });

  test('a caller bound to one application may do nothing with home servers', async () => {
    const { id } = await create('Installation');
    for (const attempt of [
      () => createHomeServer(deps(), actor, 'app_one', input('Mine')),
      () => listHomeServers(deps(), 'app_one', { limit: 50 }),
      () => getHomeServer(deps(), 'app_one', id),
      () => changeHomeServer(deps(), actor, 'app_one', id, { tries: 1 }),
      () => deleteHomeServer(deps(), actor, 'app_one', id),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('pages follow each other by name', async () => {
    const all = await listHomeServers(deps(), null, { limit: 200 });
    const first = await listHomeServers(deps(), null, { limit: 2 });
    const second = await listHomeServers(deps(), null, { limit: 200, cursor: first.nextCursor ?? undefined });
    expect([...first.items, ...second.items]).toEqual(all.items);
  });
});
