// What a login does about push: nothing for those who have none, and one call after the commit for those who have.
import { steps } from '@countersign/contract/steps.ts';
import { beforeEach, expect, test } from 'vitest';
import { standingOf } from '#core/audit/administration.test-support.ts';
import type { RequestToWakeFor } from '#core/push-subscriptions/device-waker.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { beginLogin } from './begin-login.ts';
import { createEngine, type Engine, never, passes } from './login.test-support.ts';

onBothDatabases('logins and push', (db) => {
  let engine: Engine;
  let woken: (RequestToWakeFor & { readonly written: Promise<string[]> })[];
  beforeEach(async () => {
    engine = await createEngine(db());
    woken = [];
  });

  /** A user, one of whose devices has a subscription. */
  const subscribe = async (userId: string, { proved = true, revoked = false } = {}) => {
    await db().write(async (tx) => {
      const device = await tx
        .updateTable('devices')
        .set({ revoked_at: revoked ? 1 : null })
        .where('id', '=', (e) => e.selectFrom('devices').select('id').where('user_id', '=', userId).limit(1))
        .returning('id')
        .executeTakeFirstOrThrow();
      const nothing = { p256dh: null, auth: null, failure: null, failure_status: null, failed_at: null };
      const row = { id: 'psh', service: 'https://push.example.com', endpoint: 'sealed', token_hash: '' };
      const times = { token_expires_at: 1, proved_at: proved ? 1 : null, created_at: 1 };
      await tx
        .insertInto('push_subscriptions')
        .values({ device_id: device.id, ...nothing, ...row, ...times })
        .execute();
    });
  };
  const logIn = (username: string) =>
    beginLogin(
      {
        ...engine.deps,
        wakeDevices: (request) => {
          woken.push({ ...request, written: standingOf(db(), request.id).then(({ steps }) => steps) });
        },
      },
      engine.login(username),
      { firstFactor: passes, signal: never },
    );

  test('whoever has a subscription is woken once the request is written, whose steps say so', async () => {
    const user = await engine.newUser({ devices: 2 });
    await subscribe(user.id);
    const begun = await logIn(user.username);
    expect(woken).toMatchObject([
      { userId: user.id, ...(begun.kind === 'asked' && { id: begun.requestId }) },
    ]);
    expect(await woken[0]!.written).toEqual([
      'received',
      'user_found',
      'password_correct',
      'request_sent',
      'push_sent',
    ]);
    // Written before anything is sent: it must not claim that something was.
    expect(steps.push_sent).toContain('will be woken');
    // The same login once more joins the request that is open.
    await logIn(user.username);
    expect(woken).toHaveLength(1);
  });

  test.each([
    ['no subscription', undefined],
    ['one that is not proved', { proved: false }],
    ['one of a device that was removed', { revoked: true }],
  ])('with %s nobody is woken, and nothing is said', async (_, subscription) => {
    const user = await engine.newUser({ devices: 2 });
    if (subscription) await subscribe(user.id, subscription);
    const begun = await logIn(user.username);
    expect([begun.kind, woken]).toEqual(['asked', []]);
    if (begun.kind === 'asked')
      expect((await standingOf(db(), begun.requestId)).steps).not.toContain('push_sent');
  });
});
