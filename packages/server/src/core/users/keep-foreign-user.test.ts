import { expect, test } from 'vitest';
import { NewOpenidProvider } from '@countersign/contract/openid-models.ts';
import {
  actor,
  administrationDeps,
  auditTrail,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { createOpenidProvider } from '#core/openid-providers/create-openid-provider.ts';
import { deleteOpenidProvider } from '#core/openid-providers/delete-openid-provider.ts';
import { keepOpenidUser } from '#core/openid-providers/keep-openid-user.ts';
import type { OpenidProviderRow } from '#core/openid-providers/openid-provider.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { deleteUserSource } from '#core/user-sources/delete-user-source.ts';
import { newSource, person } from '#core/user-sources/memory-directory.test-support.ts';
import { findUserOf } from '#core/user-sources/source-users-store.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createUser } from './create-user.ts';
import { createPasswords } from './passwords.ts';
import { type ForeignUser, keepForeignUser } from './keep-foreign-user.ts';

onBothDatabases('users of sources', (db) => {
  let count = 0;
  async function begin() {
    const applicationId = `app_origins_${++count}`;
    await plantApplications(db(), applicationId);
    const deps = { ...administrationDeps(db()), passwords: createPasswords() };
    const source = (name: string) =>
      createUserSource(deps, actor, null, applicationId, newSource({ name })).then(({ id }) => ({
        id,
        application_id: applicationId,
      }));
    const provider = async (name: string) => {
      const more = { issuer: 'https://id.example', client_id: 'c', client_secret: 's', enabled: true };
      const given = NewOpenidProvider.parse({ name, ...more });
      const { id } = await createOpenidProvider(deps, actor, null, applicationId, given);
      return db()
        .read.selectFrom('openid_providers')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    };
    const keep = (from: { readonly id: string }, user: ForeignUser) =>
      db().write((tx) =>
        keepForeignUser(tx, deps, actor, {
          ...{ applicationId, source: from.id, user },
          from: { id: from.id, teams: [], knows: 'people' },
        }),
      );
    const logIn = (row: OpenidProviderRow, user: ForeignUser) =>
      db().write((tx) => keepOpenidUser(tx, deps, actor, row, { ...user, subject: user.guid }));
    const made = async (kept: ReturnType<typeof keep>) => {
      const result = await kept;
      if (result.kind !== 'created') throw new Error(result.kind);
      return result.userId;
    };
    const here = (username: string, external_guid: string, password?: string) =>
      createUser(deps, actor, null, {
        ...{ application_id: applicationId, username, external_guid, full_name: '', email: '', phone: '' },
        ...{ teams: [], enabled: true, device_limit: null },
        ...(password !== undefined && { password }),
      });
    return { deps, source, provider, keep, logIn, made, here };
  }
  const taken = { kind: 'name_of_another' };

  test('the id of one source is nobody’s of another: its user stays its own', async () => {
    const { source, keep, made } = await begin();
    const [first, second] = [await source('First'), await source('Second')];
    const alice = await made(keep(first, person('alice', { guid: '1001' })));
    // Hostile: the id, and the name or another.
    expect(await keep(second, person('alice', { guid: '1001', email: 'm@example.com' }))).toMatchObject(
      taken,
    );
    const mallory = await made(keep(second, person('mallory', { guid: '1001' })));
    expect(mallory).not.toBe(alice);
    expect((await findUserOf(db().read, first, person('x', { guid: '1001' })))?.id).toBe(alice);
    expect((await findUserOf(db().read, second, person('x', { guid: '1001' })))?.id).toBe(mallory);
    // Careless: each goes on with whom it brought, also after a change of name, but never under the name of the other.
    const renamed = await keep(first, person('alice.a', { guid: '1001' }));
    expect(renamed).toMatchObject({ kind: 'refreshed', userId: alice });
    expect(await keep(second, person('alice.a', { guid: '1001' }))).toMatchObject(taken);
    expect(await keep(second, person('mallory', { guid: '1001' }))).toMatchObject({ userId: mallory });
  });

  test('a directory cannot say the id of an OpenID provider’s person, nor one provider that of another', async () => {
    const { source, provider, keep, logIn, made } = await begin();
    const directory = await source('Directory');
    const [one, two] = [await provider('One'), await provider('Two')];
    const bob = await made(logIn(one, person('bob', { guid: 'openid:b' })));
    expect(await keep(directory, person('bob', { guid: 'openid:b' }))).toMatchObject(taken);
    expect(await logIn(two, person('bob', { guid: 'openid:b' }))).toMatchObject(taken);
    const carol = await made(keep(directory, person('carol', { guid: 'openid:c' })));
    expect(await logIn(one, person('carol', { guid: 'openid:c' }))).toMatchObject(taken);
    expect(await logIn(one, person('bob.b', { guid: 'openid:b' }))).toMatchObject({ userId: bob });
    expect(await keep(directory, person('carol.c', { guid: 'openid:c' }))).toMatchObject({ userId: carol });
  });

  test('whose source is gone, and whose id was set here, is taken by the source that knows the id', async () => {
    const { deps, source, provider, keep, logIn, made, here } = await begin();
    const [first, second] = [await source('First'), await source('Second')];
    const one = await provider('One');
    const alice = await made(keep(first, person('alice', { guid: '1' })));
    const bob = await made(logIn(one, person('bob', { guid: 'openid:b' })));
    await deleteUserSource(deps, actor, null, first.id);
    await deleteOpenidProvider(deps, actor, null, one.id);
    expect(await keep(second, person('alice.a', { guid: '1' }))).toMatchObject({ userId: alice });
    expect(await logIn(await provider('Two'), person('bob', { guid: 'openid:b' }))).toMatchObject({
      userId: bob,
    });
    const { id: carol } = await here('carol', '2', 'a long enough password');
    expect(await keep(second, person('carol.c', { guid: '2' }))).toMatchObject({ userId: carol });
    const { id: grace } = await here('grace', '');
    expect(await keep(second, person('grace', { guid: '7' }))).toMatchObject({ userId: grace });
    const told = (await auditTrail(db())).filter(({ subject_id: id }) => id === carol || id === grace);
    expect(told.filter(({ event }) => event === 'user.changed').map(({ data }) => data)).toMatchObject([
      { username: 'carol.c', username_before: 'carol', source: second.id },
      { external_guid: '7', external_guid_before: '' },
    ]);
    const third = await source('Third');
    expect(await keep(third, person('carol.c', { guid: '2' }))).toMatchObject(taken);
    // Set here for two people, it is nobody's.
    await here('dora', '3');
    await here('eve', '3');
    expect(await keep(second, person('dora', { guid: '3' }))).toMatchObject(taken);
    expect(await keep(second, person('frida', { guid: '3' }))).toMatchObject(taken);
  });
});
