import { CreatedApiClient, ids, NewApiClient } from '@countersign/contract/models.ts';
import { allScopes } from '@countersign/contract/scopes.ts';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { readScopes, writeScopes } from './api-client.ts';
import { changeApiClient } from './change-api-client.ts';
import { createApiClient } from './create-api-client.ts';
import { deleteApiClient } from './delete-api-client.ts';
import { findCaller } from './find-caller.ts';
import { getApiClient } from './get-api-client.ts';
import { issueToken } from './issue-token.ts';
import { listApiClients } from './list-api-clients.ts';

const [one, two] = [
  'app_01900000-0000-7000-8000-000000000001',
  'app_01900000-0000-7000-8000-000000000002',
] as const;
const hour = 3_600_000;

test('scopes are kept in one order, each once, and unknown ones are forgotten', () => {
  expect(writeScopes(['radius', 'users', 'radius'])).toBe('users radius');
  expect(readScopes('radius once_upon_a_time users')).toEqual(['users', 'radius']);
  expect(readScopes('')).toEqual([]);
});

onBothDatabases('API clients', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const input = (name: string, rest: object = {}) => NewApiClient.parse({ name, scopes: ['users'], ...rest });
  const create = (name: string, rest?: object, grantor: Grantor = 'everything') =>
    createApiClient(deps(), actor, grantor, input(name, rest));
  const token = ({ id, client_secret }: Made, scope?: string) =>
    issueToken(deps(), { clientId: id, clientSecret: client_secret, scope });
  type Made = Awaited<ReturnType<typeof create>>;

  beforeAll(() => plantApplications(db(), one, two));

  test('created, its secret is told once and kept as hash', async () => {
    const made = await create('Created', { scopes: ['radius', 'users', 'users'] });
    expect(Object.keys(made).sort()).toEqual(Object.keys(CreatedApiClient.shape).sort());
    expect(made).toMatchObject({ scopes: ['users', 'radius'], application_id: null, last_used_at: null });
    expect(ids.apiClient.parse(made.id)).toBe(made.id);
    expect(made.client_secret).toMatch(/^css_[A-Za-z0-9_-]{43}$/);
    const { client_secret, ...shown } = made;
    expect(await getApiClient(deps(), null, made.id)).toEqual(shown);
    const rows = await db().read.selectFrom('api_clients').selectAll().execute();
    expect(JSON.stringify([rows, await auditTrail(db())])).not.toContain(client_secret);
    await expect(create('CREATED')).rejects.toMatchObject({ code: 'name_taken' });
    await expect(create('Nowhere', { application_id: one.replace(/1$/, '9') })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('its secret is exchanged for a token, which tells who calls', async () => {
    const made = await create('Token', { scopes: ['users', 'devices'], application_id: one });
    clock.turn(1000);
    const issued = await token(made);
    expect(issued).toEqual({
      accessToken: expect.stringMatching(/^cst_[A-Za-z0-9_-]{43}$/) as unknown,
      expiresInSeconds: 3600,
      scope: 'users devices',
    });
    expect(await findCaller(deps(), issued.accessToken)).toEqual({
      apiClientId: made.id,
      name: 'Token',
      scopes: new Set(['users', 'devices']),
      applicationId: one,
    });
    expect(await getApiClient(deps(), null, made.id)).toMatchObject({
      last_used_at: clock.now(),
      updated_at: made.updated_at,
    });
    const rows = await db().read.selectFrom('access_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(issued.accessToken);
  });

  test('less may be asked for, never more', async () => {
    const made = await create('Scopes', { scopes: ['users', 'devices'] });
    const issued = await token(made, 'devices');
    expect(issued.scope).toBe('devices');
    expect((await findCaller(deps(), issued.accessToken))?.scopes).toEqual(new Set(['devices']));
    for (const scope of [
      'radius',
      'users radius',
      'everything',
      '',
      'users  devices',
      'USERS',
      'users\u0000',
    ])
      await expect(token(made, scope)).rejects.toMatchObject({ code: 'invalid_scope' });
  });

  test('unknown, wrong and disabled get one answer', async () => {
    const made = await create('Refused');
    const off = await create('Off', { enabled: false });
    const attempts = [
      { clientId: made.id, clientSecret: `${made.client_secret}x` },
      { clientId: made.id, clientSecret: '' },
      {
        clientId: made.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        clientSecret: made.client_secret,
      },
      { clientId: '', clientSecret: '' },
      { clientId: 'acl_\u0000', clientSecret: made.client_secret },
      { clientId: off.id, clientSecret: off.client_secret },
      // The hash that is stored is not a secret that is accepted.
      { clientId: made.id, clientSecret: 'css_' },
    ];
    for (const attempt of attempts)
      await expect(issueToken(deps(), attempt)).rejects.toMatchObject({
        code: 'invalid_client',
        detail: undefined,
      });
    // A wrong scope tells nothing to whoever lacks the secret.
    await expect(
      issueToken(deps(), { clientId: made.id, clientSecret: 'wrong', scope: 'everything' }),
    ).rejects.toMatchObject({ code: 'invalid_client' });
  });

  test('a token ends after an hour, and expired ones are removed when the next is made', async () => {
    const made = await create('Expiry');
    const { accessToken } = await token(made);
    clock.turn(hour - 1);
    expect(await findCaller(deps(), accessToken)).toBeDefined();
    clock.turn(1);
    expect(await findCaller(deps(), accessToken)).toBeUndefined();
    await token(made);
    const rows = await db().read.selectFrom('access_tokens').select('expires_at').execute();
    for (const row of rows) expect(row.expires_at).toBeGreaterThan(clock.now());
  });

  test('at most a hundred expired tokens are removed at once', async () => {
    const made = await create('Tidy');
    const rows = Array.from({ length: 150 }, (_, i) => ({
      token_hash: `expired ${i}`,
      api_client_id: made.id,
      scopes: '',
      expires_at: i,
    }));
    await db().write((tx) => tx.insertInto('access_tokens').values(rows).execute());
    const left = async () => {
      const { n } = await db()
        .read.selectFrom('access_tokens')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('expires_at', '<', 150)
        .executeTakeFirstOrThrow();
      return n;
    };
    await token(made);
    expect(await left()).toBe(50);
    await token(made);
    expect(await left()).toBe(0);
  });

  test('what is taken from the client is taken from its tokens at once', async () => {
    const made = await create('Taken', { scopes: ['users', 'devices'] });
    const { accessToken } = await token(made);
    const scopes = async () => (await findCaller(deps(), accessToken))?.scopes;
    const change = (changes: Parameters<typeof changeApiClient>[4]) =>
      changeApiClient(deps(), actor, 'everything', made.id, changes);
    await change({ scopes: ['devices', 'radius'] });
    expect(await scopes()).toEqual(new Set(['devices']));
    await change({ enabled: false });
    expect(await scopes()).toBeUndefined();
    await change({ enabled: true });
    expect(await scopes()).toEqual(new Set(['devices']));
    await deleteApiClient(deps(), actor, 'everything', made.id);
    expect(await scopes()).toBeUndefined();
  });

  test('a client disabled while its token is made has no token that works', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await create(`Race ${round}`);
      const disable = changeApiClient(deps(), actor, 'everything', made.id, { enabled: false });
      const results = await Promise.allSettled([token(made), disable, token(made)]);
      for (const result of [results[0], results[2]]) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'invalid_client' });
        else expect(await findCaller(deps(), result.value.accessToken)).toBeUndefined();
      }
      expect(results[1].status).toBe('fulfilled');
      await expect(token(made)).rejects.toMatchObject({ code: 'invalid_client' });
    }
  });

  test('other texts are no tokens', async () => {
    for (const text of ['', 'cst_', 'cst_\u0000', 'Bearer', 'x'.repeat(10_000)])
      expect(await findCaller(deps(), text)).toBeUndefined();
  });

  test('a change touches only what it names, and tells of it', async () => {
    const made = await create('Changed');
    clock.turn(1000);
    const { client_secret: _, ...shown } = made;
    const changed = await changeApiClient(deps(), actor, 'everything', made.id, { name: 'Changed too' });
    expect(changed).toEqual({ ...shown, name: 'Changed too', updated_at: clock.now() });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'api_client.changed',
      data: { changed: ['name'] },
    });
    const events = (await auditTrail(db())).length;
    expect(
      await changeApiClient(deps(), actor, 'everything', made.id, { scopes: ['users', 'users'] }),
    ).toEqual(changed);
    expect(await auditTrail(db())).toHaveLength(events);
  });

  test('nobody hands on more than they have', async () => {
    const grantor: Grantor = { scopes: ['api_clients', 'users'], applicationId: null };
    const forbidden = { code: 'forbidden' };
    await expect(create('Too much', { scopes: ['users', 'audit'] }, grantor)).rejects.toMatchObject(
      forbidden,
    );
    const made = await create('Enough', { scopes: ['users', 'api_clients'] }, grantor);
    const change = (id: string, changes: Parameters<typeof changeApiClient>[4]) =>
      changeApiClient(deps(), actor, grantor, id, changes);
    await expect(change(made.id, { scopes: ['users', 'devices'] })).rejects.toMatchObject(forbidden);
    await expect(change(made.id, { scopes: [...allScopes] })).rejects.toMatchObject(forbidden);
    expect(await change(made.id, { scopes: ['users'] })).toMatchObject({ scopes: ['users'] });
  });

  test('nobody handles a client that may do more than they may', async () => {
    const grantor: Grantor = { scopes: ['api_clients', 'users'], applicationId: null };
    const stronger = await create('Stronger', { scopes: ['users', 'audit'] });
    const off = await create('Stronger, off', { scopes: ['audit'], enabled: false });
    const before = (await auditTrail(db())).length;
    const change = (id: string, changes: Parameters<typeof changeApiClient>[4]) =>
      changeApiClient(deps(), actor, grantor, id, changes);
    for (const attempt of [
      () => change(stronger.id, { enabled: false }),
      () => change(stronger.id, { scopes: ['users'] }),
      () => change(stronger.id, { name: 'Weaker' }),
      () => change(off.id, { enabled: true }),
      () => deleteApiClient(deps(), actor, grantor, stronger.id),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await getApiClient(deps(), null, stronger.id)).toMatchObject({
      name: 'Stronger',
      scopes: ['users', 'audit'],
      enabled: true,
    });
    expect(await getApiClient(deps(), null, off.id)).toMatchObject({ enabled: false });
    expect(await auditTrail(db())).toHaveLength(before);
    const equal = await create('Equal', { scopes: ['users', 'api_clients'] });
    expect(await change(equal.id, { enabled: false })).toMatchObject({ enabled: false });
    await deleteApiClient(deps(), actor, grantor, equal.id);
    await expect(getApiClient(deps(), null, equal.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a client bound to an application stays within it', async () => {
    const grantor: Grantor = { scopes: [...allScopes], applicationId: one };
    const forbidden = { code: 'forbidden' };
    await expect(create('Unbound', { application_id: null }, grantor)).rejects.toMatchObject(forbidden);
    await expect(create('Other-bound', { application_id: two }, grantor)).rejects.toMatchObject(forbidden);
    const own = await create('Own', { application_id: one }, grantor);
    const foreign = await create('Foreign', { application_id: two });
    const unbound = await create('Installation-wide');
    for (const { id } of [foreign, unbound])
      for (const attempt of [
        () => getApiClient(deps(), one, id),
        () => changeApiClient(deps(), actor, grantor, id, { enabled: false }),
        () => deleteApiClient(deps(), actor, grantor, id),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    const listed = await listApiClients(deps(), one, { limit: 200 });
    expect(new Set(listed.items.map(({ application_id }) => application_id))).toEqual(new Set([one]));
    expect(await getApiClient(deps(), one, own.id)).toMatchObject({ name: 'Own' });
  });

  test('pages follow each other by name', async () => {
    const all = await listApiClients(deps(), null, { limit: 200 });
    const first = await listApiClients(deps(), null, { limit: 3 });
    const second = await listApiClients(deps(), null, { limit: 200, cursor: first.nextCursor ?? undefined });
    expect([...first.items, ...second.items]).toEqual(all.items);
  });

  test('deleted with its application, its tokens end', async () => {
    const made = await create('Of the application', { application_id: two });
    const { accessToken } = await token(made);
    await db().write((tx) => tx.deleteFrom('applications').where('id', '=', two).execute());
    expect(await findCaller(deps(), accessToken)).toBeUndefined();
  });
});
