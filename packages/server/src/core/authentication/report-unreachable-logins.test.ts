import { randomUUID } from 'node:crypto';
import { UnreachableLoginReport } from '@countersign/contract/remote-proxy-models.ts';
import { expect, test } from 'vitest';
import { auditTrail } from '#core/audit/administration.test-support.ts';
import { getProxiedApplication } from '#core/applications/get-proxied-application.ts';
import { changeApplication } from '#core/applications/change-application.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createEngine } from './login.test-support.ts';
import { reportUnreachableLogins } from './report-unreachable-logins.ts';

const console_ = { kind: 'console' } as const;
const proxy = { id: 'acl_proxy', name: 'site', applicationId: null };
const login = () => ({
  id: `ugl_${randomUUID()}`,
  username: 'alice',
  client_name: 'gateway',
  client_address: '203.0.113.9',
  at: 1_790_000_000_000,
});

onBothDatabases('logins that a remote proxy let in by itself', (db) => {
  test('are recorded in the audit trail, each once, also when two reports race', async () => {
    const { deps, application } = await createEngine(db());
    const [first, second] = [login(), login()];
    const report = { application: application.access_id, logins: [first, second] };
    const results = await Promise.all([
      reportUnreachableLogins(deps, proxy, report),
      reportUnreachableLogins(deps, proxy, { ...report, logins: [second] }),
    ]);
    expect(results.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(2);
    expect(await reportUnreachableLogins(deps, proxy, report)).toEqual({ recorded: 0 });
    const told = (await auditTrail(db())).filter(({ event }) => event === 'auth_request.unreachable');
    expect(new Set(told.map(({ subject_id: id }) => id))).toEqual(new Set([first.id, second.id]));
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      application_id: application.id,
      actor_kind: 'api_client',
      data: { username: 'alice', client_name: 'gateway', at: 1_790_000_000_000 },
    });
  });

  test('another API client cannot hide one by reporting its id first', async () => {
    const { deps, application } = await createEngine(db());
    const report = { application: application.access_id, logins: [login()] };
    expect(await reportUnreachableLogins(deps, { ...proxy, id: 'acl_other' }, report)).toEqual({
      recorded: 1,
    });
    expect(await reportUnreachableLogins(deps, proxy, report)).toEqual({ recorded: 1 });
  });

  test('an application that the caller may not see does not exist for it', async () => {
    const { deps, application } = await createEngine(db());
    const bound = { ...proxy, applicationId: 'app_other' };
    const report = { application: application.access_id, logins: [login()] };
    await expect(reportUnreachableLogins(deps, bound, report)).rejects.toMatchObject({ code: 'not_found' });
    const unknown = { ...report, application: randomUUID() };
    await expect(reportUnreachableLogins(deps, proxy, unknown)).rejects.toMatchObject({ code: 'not_found' });
    const { access_id: accessId } = application;
    await expect(getProxiedApplication(deps, 'app_other', accessId)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await getProxiedApplication(deps, application.id, accessId)).toMatchObject({
      id: application.id,
      unreachable_grace_seconds: 0,
    });
  });

  test('the grace is a field of the application, and changing it is audited', async () => {
    const { deps, application } = await createEngine(db());
    const changed = await changeApplication(deps, console_, null, application.id, {
      unreachable_grace_seconds: 3600,
    });
    expect(changed.unreachable_grace_seconds).toBe(3600);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'application.changed',
      data: { changed: ['unreachable_grace_seconds'] },
    });
  });
});

test('a report is bounded', () => {
  const report = (count: number) => ({
    application: randomUUID(),
    logins: Array.from({ length: count }, login),
  });
  expect(UnreachableLoginReport.safeParse(report(100)).success).toBe(true);
  expect(UnreachableLoginReport.safeParse(report(101)).success).toBe(false);
  expect(UnreachableLoginReport.safeParse(report(0)).success).toBe(false);
});
