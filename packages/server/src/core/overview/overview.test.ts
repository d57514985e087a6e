// Nodes, figures, history and notices on both databases.
import { beforeEach, describe, expect, test } from 'vitest';
import type { NoticeCode } from '@countersign/contract/notices.ts';
import {
  actor,
  administrationDeps,
  createHandClock,
  plantApplications,
  plantDevice,
} from '#core/audit/administration.test-support.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import type { Db } from '#db/db.ts';
import { bareLogin, bareUser } from '#db/bare-rows.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { idAt, newId } from '#platform/id.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { newSource } from '#core/user-sources/memory-directory.test-support.ts';
import { createSilences } from '#core/user-sources/silences.ts';
import { createRecall } from '#platform/recall.ts';
import { createActivityFeed } from './activity-feed.ts';
import { countHours } from './count-hours.ts';
import { getLoginHistory } from './get-login-history.ts';
import { getOverview } from './get-overview.ts';
import { createNode } from './keep-node.ts';
import { listNotices } from './list-notices.ts';
import { hourMs, hourOf } from './login-hours.ts';

const start = 1_790_000_000_000;

onBothDatabases('overview', (db) => {
  let clock = createHandClock(start);
  const deps = () => {
    const base = administrationDeps(db(), clock);
    return {
      ...base,
      instanceId: 'nod_own',
      recall: createRecall(clock, 0),
      silences: createSilences(clock),
    };
  };

  beforeEach(async () => {
    clock = createHandClock(start);
    await db().write(async (tx) => {
      for (const table of [
        'auth_requests',
        'login_hours',
        'counted_hours',
        'nodes',
        'applications',
        'radius_clients',
        'home_servers',
        'administrators',
        'certificate_authorities',
      ] as const)
        await tx.deleteFrom(table).execute();
    });
  });

  const plantLogin = async (at: number, given: Partial<AuthRequestTable> = {}) => {
    const id = `${idAt('req', at).slice(0, 18)}${newId(deps(), 'req').slice(18)}`;
    await db().write((tx) =>
      tx
        .insertInto('auth_requests')
        .values({ ...bareLogin(id, 'app_one', at), ...given })
        .execute(),
    );
    return id;
  };

  describe('logins over time', () => {
    const history = async (hours: '24' | '168' | '720' = '24', visible: string | null = null) =>
      getLoginHistory(deps(), visible, { hours });
    const sumOf = (found: Awaited<ReturnType<typeof history>>) =>
      found.buckets.reduce(
        (all, { approved, denied }) => ({ approved: all.approved + approved, denied: all.denied + denied }),
        { approved: 0, denied: 0 },
      );

    test('are the same counted now, counted once, and after their rows were forgotten', async () => {
      const at = [0, 1, 2, 5, 5, 23, 24, 200, 719].map((hour) => start - hour * hourMs);
      for (const time of at) await plantLogin(time);
      await plantLogin(start - 5 * hourMs, { status: 'denied', application_id: 'app_other' });
      for (const time of [start, start - 5 * hourMs]) await plantLogin(time, { door: 'console' });
      const recent = await history();
      expect(recent.buckets).toHaveLength(24);
      expect(recent.bucket_ms).toBe(hourMs);
      expect(recent.buckets.at(-1)).toMatchObject({ at: hourOf(start) * hourMs, approved: 1 });
      expect(await countHours(deps())).toBeGreaterThan(700);
      expect(sumOf(await history())).toEqual({ approved: 6, denied: 1 });
      expect((await history()).buckets.at(-6)).toMatchObject({ approved: 2, denied: 1 });
      expect(sumOf(await history('168'))).toEqual({ approved: 7, denied: 1 });
      const month = await history('720');
      expect(month.buckets).toHaveLength(30);
      expect(sumOf(await history('24', 'app_other'))).toEqual({ approved: 0, denied: 1 });
      await db().write((tx) =>
        tx
          .deleteFrom('auth_requests')
          .where('created_at', '<', start - 4 * hourMs)
          .execute(),
      );
      expect(await history('720')).toEqual(month);
      expect(await countHours(deps())).toBe(0);
    });

    test('an hour is counted once, however many nodes count at the same moment', async () => {
      for (let n = 0; n < 20; n += 1) await plantLogin(start - (3 + (n % 4)) * hourMs);
      const counted = await Promise.all([countHours(deps()), countHours(deps()), countHours(deps())]);
      expect(counted.reduce((a, b) => a + b)).toBeGreaterThan(700);
      expect(sumOf(await history())).toEqual({ approved: 20, denied: 0 });
    });

    test('an hour is not finished while a login of it waits or could still be written', async () => {
      await plantLogin(start - 2 * hourMs, {
        status: 'pending',
        decided_at: null,
        expires_at: start - 2 * hourMs + 60_000,
      });
      await plantLogin(start - 2 * hourMs);
      await countHours(deps());
      const rows = await db()
        .read.selectFrom('counted_hours')
        .select('hour')
        .where('hour', '>=', hourOf(start) - 3)
        .execute();
      expect(rows.map(({ hour }) => hour)).toEqual([hourOf(start) - 3]);
      await db().write((tx) =>
        tx.updateTable('auth_requests').set({ status: 'expired' }).where('status', '=', 'pending').execute(),
      );
      await countHours(deps());
      expect((await history()).buckets.at(-3)).toMatchObject({ approved: 1, expired: 1 });
    });

    test('more logins than are read at once are all counted', async () => {
      const rows = Array.from({ length: 4500 }, (_, n) => {
        const at = start - 4 * hourMs - n * 1000;
        return bareLogin(`${idAt('req', at).slice(0, 18)}${newId(deps(), 'req').slice(18)}`, 'app_one', at);
      });
      await db().write(async (tx) => {
        for (let n = 0; n < rows.length; n += 500)
          await tx
            .insertInto('auth_requests')
            .values(rows.slice(n, n + 500))
            .execute();
      });
      await countHours(deps());
      expect(sumOf(await history())).toEqual({ approved: 4500, denied: 0 });
    });
  });

  describe('nodes', () => {
    const logged: unknown[] = [];
    const nodeOf = (instanceId: string, name = 'main') => {
      const log = { error: (fields: unknown) => void logged.push(fields) } as never;
      return createNode({
        ...deps(),
        log,
        instanceId,
        name,
        version: '1',
        certificateEndsAt: null,
        services: async () => [{ code: 'database', name: '', status: 'ok', text: 'Fine.', listens: [] }],
      });
    };
    const codes = async () => (await listNotices(deps(), null)).items.map(({ code }) => code);
    /** PostgreSQL has a clock of its own: what is old is set back. */
    const age = (instance: string, ms: number) =>
      db().write((tx) =>
        tx
          .updateTable('nodes')
          .set((e) => ({ seen_at: e('seen_at', '-', ms), started_at: e('started_at', '-', ms) }))
          .where('instance_id', '=', instance)
          .execute(),
      );
    const pause = async () => {
      clock.turn(5);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    };

    test('a node that was killed is silent until another of its name starts; started at once it is no twin', async () => {
      await nodeOf('nod_killed').beat();
      await pause();
      const next = nodeOf('nod_own');
      logged.length = 0;
      await next.beat();
      await pause();
      await next.beat();
      expect(logged).toEqual([]);
      expect((await getOverview(deps(), null)).nodes).toMatchObject([
        { name: 'main', is_alive: true, is_this: true, services: [{ code: 'database' }] },
      ]);
      await age('nod_own', 60_000);
      expect(await codes()).toContain('node_silent');
      expect((await getOverview(deps(), null)).nodes).toMatchObject([{ is_alive: false }]);
      await next.leave();
      expect((await getOverview(deps(), null)).nodes).toEqual([]);
    });

    test('two that run under one name at the same time are noticed by both', async () => {
      const [one, other] = [nodeOf('nod_one'), nodeOf('nod_other')];
      logged.length = 0;
      for (const node of [one, other, one]) {
        await node.beat();
        await pause();
      }
      expect(logged).toHaveLength(1);
      await other.beat();
      expect(logged).toHaveLength(2);
      expect(await codes()).toEqual(['node_twice']);
    });
  });

  test('notices tell what is so, the worst first, and no more of a kind than anybody reads', async () => {
    await plantApplications(db(), 'app_safe', ...Array.from({ length: 60 }, (_, n) => `app_open_${n}`));
    await db().write(async (tx) => {
      await tx
        .updateTable('applications')
        .set({ second_factor: 'none' })
        .where('id', '<>', 'app_safe')
        .execute();
      await tx
        .updateTable('applications')
        .set({ unreachable_grace_seconds: 60, authorisation: 'closed' })
        .where('id', '=', 'app_safe')
        .execute();
      await tx
        .insertInto('users')
        .values({ ...bareUser('usr_held', 'app_safe'), username: '$& held', held_by_request_id: 'req_gone' })
        .execute();
      await tx.insertInto('radius_clients').values(radiusClientRow).execute();
      await tx
        .insertInto('administrators')
        .values({
          id: 'adm_1',
          username: 'root',
          username_key: 'root',
          role: 'owner',
          enabled: 1,
          password_hash: 'x',
          phone_user_id: null,
          last_signed_in_at: null,
          created_at: 1,
          updated_at: 1,
        })
        .execute();
      // Invited as a second owner, and not in yet.
      await tx
        .insertInto('administrators')
        .values({
          id: 'adm_2',
          username: 'invited',
          username_key: 'invited',
          role: 'owner',
          enabled: 1,
          password_hash: null,
          phone_user_id: null,
          last_signed_in_at: null,
          created_at: 2,
          updated_at: 2,
        })
        .execute();
      // Came in by the directory, and has no second factor yet.
      await tx
        .insertInto('administrators')
        .values({
          id: 'adm_3',
          username: 'member',
          username_key: 'member',
          role: 'auditor',
          kind: 'directory',
          enabled: 1,
          password_hash: null,
          phone_user_id: null,
          last_signed_in_at: null,
          created_at: 3,
          updated_at: 3,
        })
        .execute();
    });
    const { items } = await listNotices(deps(), null);
    const count = (code: NoticeCode) => items.filter((item) => item.code === code).length;
    expect(items[0]).toMatchObject({
      code: 'user_reported',
      subject_kind: 'user',
      subject_id: 'usr_held',
      text: '$& held said “it was not me”; requests are held.',
    });
    expect(count('password_alone')).toBe(50);
    const once = [
      'authorisation_closed',
      'grace_open',
      'message_authenticator_missing',
      'relay',
      'one_owner',
    ];
    for (const code of once as NoticeCode[]) expect(count(code)).toBe(1);
    expect(count('administrator_without_factor')).toBe(2);
    expect(items.at(-1)).toMatchObject({ code: 'one_owner', severity: 'hint' });
    const bound = (await listNotices(deps(), 'app_open_1')).items;
    expect(bound.map(({ code, subject_id }) => [code, subject_id])).toEqual([
      ['password_alone', 'app_open_1'],
    ]);
  });

  test('a user source that this node could not ask is told of, with its application', async () => {
    await plantApplications(db(), 'app_a', 'app_b');
    const own = deps();
    const make = (application: string, more: object) =>
      createUserSource(own, actor, null, application, newSource(more));
    const { id } = await make('app_a', { name: 'Staff' });
    const off = await make('app_a', { name: 'Off', enabled: false });
    for (const each of [id, off.id]) own.silences.heard({ id: each, revision: 1 }, 'nothing listens');
    const told = async (visible: string | null) =>
      (await listNotices(own, visible)).items.filter(({ code }) => code === 'user_source_silent');
    const staff = {
      subject_kind: 'application',
      subject_id: 'app_a',
      text: 'User source Staff does not answer at this node.',
      since: start,
    };
    expect(await told(null)).toMatchObject([staff]);
    expect(await told('app_a')).toMatchObject([staff]);
    expect(await told('app_b')).toEqual([]);
    own.silences.heard({ id, revision: 1 }, undefined);
    expect(await told(null)).toEqual([]);
  });

  test('a certificate authority that ends soon is told of, and not before', async () => {
    await db().write((tx) => createCertificateAuthority(tx, deps(), 'Example'));
    const codes = async () => (await listNotices(deps(), null)).items.map(({ code }) => code);
    if (db().dialect === 'postgres') return;
    expect(await codes()).toEqual([]);
    clock.set(start + 40 * 365 * 86_400_000);
    expect(await codes()).toEqual(['certificate_expiring']);
  });

  test('figures count what there is, of one application or of all', async () => {
    await plantApplications(db(), 'app_a', 'app_b');
    await db().write((tx) =>
      tx
        .insertInto('users')
        .values([
          { ...bareUser('usr_a', 'app_a'), last_authenticated_at: start - 1 },
          { ...bareUser('usr_b', 'app_b'), last_authenticated_at: start - 91 * 86_400_000 },
          bareUser('usr_c', 'app_b'),
        ])
        .execute(),
    );
    await plantDevice(db(), 'usr_b', `dev_b_${db().dialect}`);
    await plantDevice(db(), 'usr_b', `dev_b2_${db().dialect}`);
    const pending = { status: 'pending', application_id: 'app_a', decided_at: null } as const;
    await plantLogin(start, pending);
    await plantLogin(start, { ...pending, door: 'console' });
    expect(await getOverview(deps(), null)).toMatchObject({
      applications: 2,
      users: 3,
      users_active: 1,
      users_onboarded: 1,
      devices: 2,
      requests_pending: 1,
    });
    expect(await getOverview(deps(), 'app_b')).toMatchObject({
      applications: 1,
      users: 2,
      users_active: 0,
      users_onboarded: 1,
      devices: 2,
      requests_pending: 0,
    });
  });

  test('the feed tells each change once, also of logins that were over when they were written, and asks only while somebody listens', async () => {
    const told: string[] = [];
    let asked = 0;
    const counting: Db = new Proxy(db(), {
      get: (target, name) => {
        if (name === 'read') asked += 1;
        return target[name as keyof Db];
      },
    });
    const feed = createActivityFeed({
      db: counting,
      clock,
      failed: (error) => {
        throw error;
      },
      everyMs: 5,
    });
    const stop = feed.listen((changed) => told.push(...(changed ?? []).map(({ id }) => id)));
    const pending = await plantLogin(start, {
      status: 'pending',
      decided_at: null,
      expires_at: start + 60_000,
    });
    await expect.poll(() => told).toEqual([pending]);
    const refused = await plantLogin(start, { expires_at: start });
    await expect.poll(() => told).toEqual([pending, refused]);
    clock.turn(50);
    await db().write((tx) =>
      tx
        .updateTable('auth_requests')
        .set({ status: 'approved', updated_at: clock.now() })
        .where('id', '=', pending)
        .execute(),
    );
    await expect.poll(() => told).toEqual([pending, refused, pending]);
    stop();
    await feed.stop();
    const before = asked;
    await new Promise((resolve) => void setTimeout(resolve, 30));
    expect(asked).toBe(before);
    expect(told).toHaveLength(3);
  });
});

const radiusClientRow = {
  id: 'rcl_1',
  name: 'old firewall',
  name_key: 'old firewall',
  application_id: 'app_safe',
  network: '192.0.2.1/32',
  shared_secret: 'sealed',
  message_authenticator: 'auto' as const,
  number_matching: 0 as const,
  strip_realm: 0 as const,
  append_realm: '',
  relay: 1 as const,
  enabled: 1 as const,
  created_at: 1,
  updated_at: 1,
};
