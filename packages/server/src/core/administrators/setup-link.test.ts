import { allScopes } from '@countersign/contract/scopes.ts';
import { expect, test } from 'vitest';
import { findCaller } from '#core/api-clients/find-caller.ts';
import { issueToken } from '#core/api-clients/issue-token.ts';
import { listApiClients } from '#core/api-clients/list-api-clients.ts';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createSetupLink, useSetupLink } from './setup-link.ts';

const day = 86_400_000;
const invalid = { code: 'setup_link_invalid' };

onBothDatabases('setup links', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const names = async () =>
    (await listApiClients(deps(), null, { limit: 200 })).items.map(({ name }) => name);

  test('one is exchanged for an API client with every scope, exactly once', async () => {
    const { token, expiresAt } = await createSetupLink(deps(), { kind: 'system' });
    expect(token).toMatch(/^csu_[A-Za-z0-9_-]{43}$/);
    expect(expiresAt).toBe(clock.now() + day);
    const made = await useSetupLink(deps(), token);
    const issued = await issueToken(deps(), made);
    expect(await findCaller(deps(), issued.accessToken)).toEqual({
      apiClientId: made.clientId,
      name: 'First administrator',
      scopes: new Set(allScopes),
      applicationId: null,
    });
    await expect(useSetupLink(deps(), token)).rejects.toMatchObject(invalid);
    const trail = await auditTrail(db());
    expect(trail.map(({ event, actor_kind }) => [event, actor_kind])).toEqual([
      ['setup_link.created', 'system'],
      ['setup_link.used', 'setup_link'],
      ['api_client.created', 'setup_link'],
    ]);
    const rows = await db().read.selectFrom('setup_links').selectAll().execute();
    const clients = await db().read.selectFrom('api_clients').selectAll().execute();
    const everything = JSON.stringify([trail, rows, clients]);
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(made.clientSecret);
  });

  test('used many times at once, it works once', async () => {
    const before = (await names()).length;
    const { token } = await createSetupLink(deps(), actor);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => useSetupLink(deps(), token)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(invalid);
    expect(await names()).toHaveLength(before + 1);
  });

  test('a name that is taken gets a number', async () => {
    const { token } = await createSetupLink(deps(), actor);
    await useSetupLink(deps(), token);
    expect(await names()).toEqual(['First administrator', 'First administrator 2', 'First administrator 3']);
  });

  test('a later link ends those before that were not used', async () => {
    const first = await createSetupLink(deps(), actor);
    clock.turn(1);
    const second = await createSetupLink(deps(), actor);
    await expect(useSetupLink(deps(), first.token)).rejects.toMatchObject(invalid);
    await useSetupLink(deps(), second.token);
  });

  test('of links made at once, one works', async () => {
    const links = await Promise.all([1, 2, 3].map(() => createSetupLink(deps(), actor)));
    const results = await Promise.allSettled(links.map(({ token }) => useSetupLink(deps(), token)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('after a day it no longer works, and neither does anything else', async () => {
    const { token } = await createSetupLink(deps(), actor);
    clock.turn(day - 1);
    const late = await createSetupLink(deps(), actor);
    clock.turn(day);
    for (const text of [token, late.token, '', 'csu_', `${token}x`, 'csu_\u0000'])
      await expect(useSetupLink(deps(), text)).rejects.toMatchObject(invalid);
  });
});
