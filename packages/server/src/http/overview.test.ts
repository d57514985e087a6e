// The activity stream and the export over real sockets: what comes, what ends them, and that they give their places back.
import { expect, test } from 'vitest';
import { plantApplications } from '#core/audit/administration.test-support.ts';
import { bareLogin } from '#db/bare-rows.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { maxWaits } from './rate-limits.ts';
import { becomeOwner, openTestDoor } from './sessions.test-support.ts';

onBothDatabases('the overview over HTTP', (db) => {
  const open = async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const [address] = await door.door.start([{ host: '127.0.0.1', port: 0 }]);
    const get = (path: string, signal?: AbortSignal) =>
      fetch(`http://127.0.0.1:${address!.port}${path}`, {
        headers: { cookie: owner.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
        ...(signal && { signal }),
      });
    return { ...door, owner, get };
  };

  test('a stream tells of new logins to whoever may see them, and each caller has so many places', async () => {
    const { get, base } = await open();
    await plantApplications(db(), `app_${db().dialect}`);
    const leave = new AbortController();
    const answer = await get('/v1/activity/stream', leave.signal);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const others = await Promise.all(
      Array.from({ length: maxWaits.administrator - 1 }, () => get('/v1/activity/stream', leave.signal)),
    );
    expect(others.every(({ ok }) => ok)).toBe(true);
    expect((await get('/v1/activity/stream')).status).toBe(429);
    const id = newId(base, 'req');
    await db().write((tx) =>
      tx
        .insertInto('auth_requests')
        .values(bareLogin(id, 'app_one', base.clock.now()))
        .execute(),
    );
    let text = '';
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes('activity')) break;
    }
    expect(text).toContain(`event: activity\ndata:{"ids":["${id}"]}\n\n`);
    leave.abort();
    await expect.poll(async () => (await get('/v1/overview')).status).toBe(200);
    await expect
      .poll(async () => {
        const again = new AbortController();
        const { status } = await get('/v1/activity/stream', again.signal);
        again.abort();
        return status;
      })
      .toBe(200);
  });

  test('whoever is signed out on another node hears nothing more', { timeout: 30_000 }, async () => {
    const { owner, base } = await open();
    const there = await openTestDoor(db());
    const [address] = await there.door.start([{ host: '127.0.0.1', port: 0 }]);
    const listen = async (cookie: string | undefined) => {
      const answer = await fetch(`http://127.0.0.1:${address!.port}/v1/activity/stream`, {
        headers: { cookie: cookie ?? '', 'sec-fetch-site': 'same-origin' },
      });
      expect(answer.status).toBe(200);
      return { ended: answer.text() };
    };
    const make = () => becomeOwner({ ...there, base });
    const [leaver, disabled, stays] = [await make(), await make(), await make()];
    const own = await disabled.call('GET', '/v1/session');
    const { id } = own.body.administrator as { id: string };
    const heard = await Promise.all([leaver, disabled, stays].map(({ cookie }) => listen(cookie())));
    const remains = heard[2]!.ended.then(
      () => 'ended',
      () => 'stopped',
    );
    await leaver.call('DELETE', '/v1/session');
    expect((await owner.call('PATCH', `/v1/administrators/${id}`, { enabled: false })).status).toBe(200);
    await Promise.all(heard.slice(0, 2).map(({ ended }) => ended));
    expect(await Promise.race([remains, stays.call('GET', '/v1/session').then(({ status }) => status)])).toBe(
      200,
    );
  });

  test('following keeps no session alive; what somebody does, does', async () => {
    const { owner, clock } = await open();
    const idle = (path: string, headers: Record<string, string> = {}) =>
      owner.call('GET', path, undefined, headers);
    clock.turn(20 * 60_000);
    for (const path of ['/v1/overview', '/v1/overview/logins', '/v1/notices'])
      expect((await idle(path)).status).toBe(200);
    expect((await idle('/v1/users', { 'countersign-unattended': 'true' })).status).toBe(200);
    clock.turn(9 * 60_000);
    expect((await idle('/v1/users')).status).toBe(200);
    clock.turn(29 * 60_000);
    expect((await idle('/v1/notices')).status).toBe(200);
    clock.turn(60_000);
    expect((await idle('/v1/notices')).status).toBe(401);
  });

  test('only owners and the one concerned are told which administrator has no second factor', async () => {
    const { owner, ...door } = await open();
    const other = await becomeOwner(door);
    const { id } = (await other.call('GET', '/v1/session')).body.administrator as { id: string };
    const concerned = async () => {
      const items = (await other.call('GET', '/v1/notices')).body.items as {
        code: string;
        subject_id: string;
      }[];
      return items
        .filter(({ code }) => code === 'administrator_without_factor')
        .map(({ subject_id: subject }) => subject);
    };
    const all = await concerned();
    expect(all).toContain(id);
    expect(all.length).toBeGreaterThan(1);
    for (const role of ['administrator', 'auditor', 'helpdesk']) {
      expect((await owner.call('PATCH', `/v1/administrators/${id}`, { role })).status).toBe(200);
      expect(await concerned(), role).toEqual([id]);
    }
  });

  test('a notice ends with its cause, at the next look', async () => {
    const { owner, base } = await open();
    const name = `Open ${newId(base, 'app')}`;
    const made = await owner.call('POST', '/v1/applications', { name, second_factor: 'none' });
    const told = async () =>
      ((await owner.call('GET', '/v1/notices')).body.items as { text: string }[]).some(({ text }) =>
        text.includes(name),
      );
    expect(await told()).toBe(true);
    const change = { second_factor: 'push' };
    expect((await owner.call('PATCH', `/v1/applications/${String(made.body.id)}`, change)).status).toBe(200);
    expect(await told()).toBe(false);
  });

  test('figures, history and notices are answered; an export is a file', async () => {
    const { get } = await open();
    expect((await (await get('/v1/overview')).json()) as object).toHaveProperty('users');
    expect((await (await get('/v1/overview/logins?hours=168')).json()) as object).toMatchObject({
      bucket_ms: 21_600_000,
    });
    expect((await (await get('/v1/notices')).json()) as object).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ code: 'administrator_without_factor' }),
      ]) as unknown,
    });
    const file = await get('/v1/audit-events/export?format=csv');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="audit-events.csv"');
    expect((await file.text()).split('\r\n')[0]).toMatch(/^id,chain,/);
    expect((await get('/v1/audit-events/export?event=nothing')).status).toBe(400);
  });
});
