// The activity stream and the export over real sockets: what comes, what ends them, and that they give their places back.
import { expect, test } from 'vitest';
import { plantApplications } from '#core/audit/administration.test-support.ts';
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
        .values({ ...loginRow, id, created_at: base.clock.now(), updated_at: base.clock.now() })
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

const loginRow = {
  application_id: 'app_one',
  user_id: null,
  username: 'alice',
  status: 'approved' as const,
  reason: null,
  door: 'api' as const,
  door_id: 'acl_test',
  door_context: null,
  packet_digest: null,
  state_hash: null,
  client_name: 'VPN',
  client_address: null,
  reply_attributes: null,
  expires_at: 9_000_000_000_000,
  decided_at: null,
  steps: '',
};
