// The names in the export: as they were, as they are, and of what is gone; across more events than are read at once.
import { beforeEach, expect, test } from 'vitest';
import { bareUser } from '#db/bare-rows.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import {
  administrationDeps,
  createHandClock,
  plantApplications,
  plantDevice,
} from './administration.test-support.ts';
import { exportAuditEvents } from './export-audit-events.ts';
import { type AuditEntry, recordAudit } from './record-audit.ts';

onBothDatabases('names in the exported trail', (db) => {
  const clock = createHandClock(1_790_000_000_123);
  const deps = () => administrationDeps(db(), clock);
  const tell = (...entries: readonly AuditEntry[]) =>
    db().write(async (tx) => {
      for (const entry of entries) {
        await recordAudit(tx, deps(), entry);
        clock.turn(1);
      }
    });
  /** By the heads of the columns; no cell of these holds a comma but the data, which are left out. */
  const read = async (visible: string | null = null) => {
    let text = '';
    const never = new AbortController().signal;
    for await (const piece of await exportAuditEvents(deps(), visible, { format: 'csv' }, never))
      text += piece;
    const [head = '', ...lines] = text.split('\r\n').slice(0, -1);
    const heads = head.split(',');
    return lines.map((line) => {
      const cells = line.replace(/,(?:"(?:[^"]|"")*"|[^",]*),([^,]*)$/, ',,$1').split(',');
      return Object.fromEntries(heads.map((name, at) => [name, cells[at] ?? '']));
    });
  };

  beforeEach(async () => {
    await db().write(async (tx) => {
      for (const table of [
        'audit_events',
        'audit_heads',
        'users',
        'applications',
        'devices',
        'certificates',
        'api_clients',
      ] as const)
        await tx.deleteFrom(table).execute();
    });
    await plantApplications(db(), 'app_vpn');
    await db().write(async (tx) => {
      await tx
        .insertInto('users')
        .values({ ...bareUser('usr_ann', 'app_vpn'), username: '=ann' })
        .execute();
    });
    await plantDevice(db(), 'usr_ann', `dev_ann_${db().dialect}`);
  });

  test('of users, devices and applications, also where a login is the subject', async () => {
    const at = clock.now();
    await tell({
      event: 'auth_request.approved',
      actor: { kind: 'device', id: `dev_ann_${db().dialect}` },
      applicationId: 'app_vpn',
      subjectId: 'req_1',
      data: { user_id: 'usr_ann' },
    });
    const [row] = await read();
    expect(row?.['time']).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const application = await db().read.selectFrom('applications').select('name').executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      ...{ at: String(at), time: new Date(at).toISOString() },
      ...{ actor_name: 'Phone', application_name: application.name },
      ...{ subject_id: 'req_1', subject_name: '', user_id: 'usr_ann', user_name: "'=ann" },
    });
  });

  test('as they were then, and as the trail last told of what is gone', async () => {
    const about = { actor: { kind: 'console' }, applicationId: 'app_vpn', subjectId: 'usr_bob' } as const;
    await tell(
      { event: 'user.created', ...about, data: { username: 'bob' } },
      { event: 'user.password_set', ...about },
      { event: 'user.deleted', ...about, data: { username: 'robert' } },
    );
    expect((await read()).map(({ user_name: name, subject_name: subject }) => [name, subject])).toEqual([
      ['bob', 'bob'],
      ['robert', 'robert'],
      ['robert', 'robert'],
    ]);
  });

  test('a name that somebody only typed is no name, and a session and a setup link are their administrator’s', async () => {
    await tell(
      {
        event: 'session.refused',
        actor: { kind: 'system' },
        data: { username: 'my password', reason: 'unknown_administrator' },
      },
      {
        event: 'session.ended',
        actor: { kind: 'administrator', id: 'adm_gone' },
        subjectId: 'ses_1',
        data: { administrator_id: 'adm_gone' },
      },
      {
        event: 'session.started',
        actor: { kind: 'administrator', id: 'adm_gone' },
        subjectId: 'ses_2',
        data: { method: 'passkey' },
      },
      {
        event: 'setup_link.used',
        actor: { kind: 'administrator', id: 'adm_gone' },
        subjectId: 'sul_1',
        data: { administrator_id: 'adm_gone', link: 'setup' },
      },
      {
        event: 'administrator.deleted',
        actor: { kind: 'console' },
        subjectId: 'adm_gone',
        data: { username: 'olga' },
      },
    );
    const rows = await read();
    expect(rows[0]).toMatchObject({ subject_name: '', actor_name: '', user_name: '' });
    for (const row of rows.slice(1, 4))
      expect(row).toMatchObject({ subject_name: 'olga', actor_name: 'olga' });
  });

  test('who is bound to one application is not told who administers', async () => {
    await tell(
      {
        event: 'administrator.created',
        actor: { kind: 'console' },
        subjectId: 'adm_1',
        data: { username: 'olga' },
      },
      {
        event: 'user.password_set',
        actor: { kind: 'administrator', id: 'adm_1' },
        applicationId: 'app_vpn',
        subjectId: 'usr_ann',
      },
    );
    expect(await read('app_vpn')).toMatchObject([{ actor_id: 'adm_1', actor_name: '', user_name: "'=ann" }]);
    expect((await read())[1]).toMatchObject({ actor_name: 'olga' });
  });

  test('over more events than are read at once', async () => {
    await tell(
      ...Array.from({ length: 1201 }, (_, n) => ({
        event: 'user.password_set' as const,
        actor: { kind: 'system' } as const,
        applicationId: 'app_vpn',
        subjectId: n % 2 === 0 ? 'usr_ann' : 'usr_nobody',
      })),
    );
    const rows = await read();
    expect(rows).toHaveLength(1201);
    expect(new Set(rows.map(({ user_name: name }) => name))).toEqual(new Set(["'=ann", '']));
  });
});
