// A device's push subscription from the first word to the last push, on both databases.
import { deviceProtocol, type PushText } from '@countersign/contract/device-protocol.ts';
import type { NewPushSubscription } from '@countersign/contract/device-models.ts';
import { createUserAgent } from '@countersign/testkit/push/user-agent.ts';
import { beforeEach, expect, test } from 'vitest';
import { plantPendingRequest, standingOf } from '#core/audit/administration.test-support.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import {
  addApplication,
  addDevice,
  addUser,
  auditOf,
  type TestDeps,
  testDeps,
} from '#core/devices/devices.test-support.ts';
import { getDevice } from '#core/devices/get-device.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { removeUser } from '#core/users/user-store.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import type { Problem } from '#platform/problem.ts';
import { createVault } from '#platform/vault.ts';
import { createDeviceWaker } from './device-waker.ts';
import {
  activatePushSubscription,
  getPushSubscription,
  putPushSubscription,
  removePushSubscription,
} from './own-push-subscription.ts';
import type { PushMessage, PushOutcome } from './push-subscription.ts';
import { ensureVapidKey, findVapidKey } from './vapid-key.ts';

interface Sent {
  readonly message: PushMessage;
  readonly stillWanted: () => Promise<boolean>;
}

function openPush(deps: TestDeps) {
  const sent: Sent[] = [];
  const errors: unknown[] = [];
  const plan: { outcome: PushOutcome; dropped: number } = { outcome: { kind: 'sent' }, dropped: 0 };
  const waker = createDeviceWaker({
    ...deps,
    limits: { requests: 3, activations: 2 },
    send: async (message, stillWanted) => {
      sent.push({ message, stillWanted });
      return plan.outcome;
    },
    failed: (error) => errors.push(error),
    dropped: () => {
      plan.dropped += 1;
    },
  });
  const rules = { allowed: [], httpOnLoopback: false };
  return { ...deps, push: { publicKey: 'public', rules, waker }, waker, sent, plan, errors };
}

const newSubscription = (path = 'a', keys: NewPushSubscription['keys'] = createUserAgent().keys) => ({
  endpoint: `https://push.example.com/${path}`,
  keys,
});
const problem = (code: string) => expect.objectContaining({ code }) as Problem;

onBothDatabases('push subscriptions', (db) => {
  let deps: ReturnType<typeof openPush>;
  let application: Awaited<ReturnType<typeof addApplication>>;
  let device: AuthenticatedDevice;
  beforeEach(async () => {
    deps = openPush(testDeps(db()));
    application = await addApplication(deps);
    device = await newDevice();
  });

  const newDevice = async (): Promise<AuthenticatedDevice> => {
    const user = await addUser(deps, application.id);
    const thumbprint = newId(deps, 'dev');
    const row = await addDevice(deps, user.id, undefined, { key_thumbprint: thumbprint, name: 'Phone' });
    return {
      id: row.id,
      name: row.name,
      user: { id: user.id },
      application: { id: application.id },
    } as AuthenticatedDevice;
  };
  /** What was pushed last. */
  const lastText = () => JSON.parse(deps.sent.at(-1)!.message.text) as PushText;
  const tokenSent = () => {
    const text = lastText();
    return text.kind === 'activate' ? text.token : '';
  };
  const subscribe = async (input: NewPushSubscription = newSubscription(), of = device) => {
    await putPushSubscription(deps, of, input);
    await deps.waker.settled();
    return activatePushSubscription(deps, of, { token: tokenSent() });
  };
  const ask = async (of = device) => {
    const id = newId(deps, 'req');
    await plantPendingRequest(db(), { id, applicationId: application.id, userId: of.user.id });
    deps.waker.wake({ id, userId: of.user.id, expiresAt: deps.clock.now() + 60_000 });
    await deps.waker.settled();
    return id;
  };
  const pushOf = async () => (await getDevice(deps, null, device.id)).push;

  test('is named, proved by the token that came through it, and used from then on', async () => {
    const input = newSubscription();
    expect(await getPushSubscription(deps, device)).toMatchObject({ state: 'none', service: null });
    expect(await putPushSubscription(deps, device, input)).toMatchObject({
      state: 'unproved',
      service: 'https://push.example.com',
      vapid_public_key: 'public',
    });
    await deps.waker.settled();
    expect(deps.sent).toMatchObject([{ message: { ...input, topic: expect.stringMatching(/^[\w-]{32}$/) } }]);
    expect(lastText()).toMatchObject({ kind: 'activate', device_id: device.id });
    await ask();
    expect(deps.sent).toHaveLength(1);

    expect(await activatePushSubscription(deps, device, { token: tokenSent() })).toMatchObject({
      state: 'active',
    });
    const requestId = await ask();
    expect(lastText()).toEqual({ kind: 'ask', device_id: device.id, request_id: requestId });
    expect(deps.sent.at(-1)!.message).toMatchObject({ ...input, expiresAt: deps.clock.now() + 60_000 });
    expect(deps.sent.at(-1)!.message.topic).toMatch(/^[\w-]{32}$/);
    expect(await auditOf(deps, device.id)).toEqual(['push_subscription.added', 'push_subscription.proved']);
    expect(await pushOf()).toMatchObject({ state: 'active', failed_at: null, failure: null });
    // The usual end writes nothing.
    expect((await standingOf(db(), requestId)).steps).toEqual(['received']);
  });

  test('is proved by nothing else: another token, another device, too late, or after it was replaced', async () => {
    const other = await newDevice();
    await putPushSubscription(deps, device, newSubscription());
    await deps.waker.settled();
    const token = tokenSent();
    const invalid = problem('activation_token_invalid');
    const wrong = `${deviceProtocol.activationPrefix}${'A'.repeat(43)}`;
    await expect(activatePushSubscription(deps, device, { token: wrong })).rejects.toEqual(invalid);
    await expect(activatePushSubscription(deps, other, { token })).rejects.toEqual(invalid);
    deps.clock.at += 600_000;
    await expect(activatePushSubscription(deps, device, { token })).rejects.toEqual(invalid);
    await putPushSubscription(deps, device, newSubscription());
    await deps.waker.settled();
    const next = tokenSent();
    await putPushSubscription(deps, device, newSubscription('b'));
    await expect(activatePushSubscription(deps, device, { token: next })).rejects.toEqual(invalid);
    await deps.waker.settled();
    const last = tokenSent();
    const twice = [0, 1].map(() => activatePushSubscription(deps, device, { token: last }));
    expect(await Promise.all(twice)).toMatchObject([{ state: 'active' }, { state: 'active' }]);
    expect((await auditOf(deps, device.id)).filter((event) => event.endsWith('.proved'))).toHaveLength(1);
  });

  test('that is active already stays so; another one replaces it and must be proved anew', async () => {
    const input = newSubscription();
    await subscribe(input);
    const pushes = deps.sent.length;
    expect(await putPushSubscription(deps, device, input)).toMatchObject({ state: 'active' });
    await deps.waker.settled();
    expect(deps.sent).toHaveLength(pushes);
    const next = { ...input, keys: createUserAgent().keys };
    expect(await putPushSubscription(deps, device, next)).toMatchObject({ state: 'unproved' });
    await ask();
    expect(lastText().kind).toBe('activate');
  });

  test('shows a push service neither that two devices belong together nor what it is about', async () => {
    const other = await newDevice();
    await subscribe();
    await subscribe(newSubscription('b'), other);
    await db().write((tx) =>
      tx.updateTable('devices').set({ user_id: device.user.id }).where('id', '=', other.id).execute(),
    );
    await ask();
    await ask();
    expect(deps.sent).toHaveLength(6);
    expect(new Set(deps.sent.map(({ message }) => message.topic)).size).toBe(6);
  });

  test('without keys is told nothing but that it is woken, and its token in clear', async () => {
    await subscribe(newSubscription('up', null));
    expect(deps.sent[0]!.message.plain).toBe(deps.sent[0]!.message.text);
    await ask();
    expect(deps.sent.at(-1)!.message).toMatchObject({ keys: null, plain: '' });
  });

  test.each([
    ['an endpoint inside', { ...newSubscription(), endpoint: 'https://10.0.0.1/x' }],
    ['plain http', { ...newSubscription(), endpoint: 'http://push.example.com/x' }],
    [
      'a key that is no point',
      { ...newSubscription(), keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) } },
    ],
    [
      'a point that is not on the curve',
      newSubscription('a', { p256dh: `BA${'A'.repeat(85)}`, auth: 'A'.repeat(22) }),
    ],
  ])('is refused with %s', async (_, input) => {
    await expect(putPushSubscription(deps, device, input)).rejects.toEqual(problem('push_endpoint_refused'));
    expect(await getPushSubscription(deps, device)).toMatchObject({ state: 'none' });
  });

  test('endpoint and secret are not in the database, nor in the audit', async () => {
    const input = newSubscription('very-secret-path');
    await subscribe(input);
    const rows = await db().read.selectFrom('push_subscriptions').selectAll().execute();
    const events = await db().read.selectFrom('audit_events').selectAll().execute();
    const text = JSON.stringify([rows, events]);
    expect(text).not.toContain('very-secret-path');
    expect(text).not.toContain(input.keys!.auth);
    expect(text).not.toContain(deps.sent[0]!.message.text.slice(-46, -2));
  });

  test('that the push service no longer knows is removed, and the login and the audit say so', async () => {
    await subscribe();
    deps.plan.outcome = { kind: 'failed', cause: 'gone', status: 410 };
    const requestId = await ask();
    expect((await standingOf(db(), requestId)).steps).toEqual(['received', 'push_failed']);
    expect(await pushOf()).toBeNull();
    expect(await auditOf(deps, device.id)).toContain('push_subscription.pruned');
    const sent = deps.sent.length;
    await ask();
    expect(deps.sent).toHaveLength(sent);
  });

  test('that was replaced while its push was under way is not what a late answer removes', async () => {
    await subscribe();
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<PushOutcome>();
    const slow = createDeviceWaker({
      ...deps,
      send: () => {
        begun.resolve();
        return answered.promise;
      },
      failed: (error) => deps.errors.push(error),
      dropped: () => {},
    });
    slow.wake({ id: newId(deps, 'req'), userId: device.user.id, expiresAt: deps.clock.now() + 1000 });
    await begun.promise;
    await subscribe(newSubscription('b'));
    answered.resolve({ kind: 'failed', cause: 'gone', status: 404 });
    await slow.settled();
    expect(await pushOf()).toMatchObject({ state: 'active' });
    expect(deps.errors).toEqual([]);
  });

  test('that was refused stays, says why, and forgets it when the next push goes well', async () => {
    await subscribe();
    deps.plan.outcome = { kind: 'failed', cause: 'refused_key', status: 403 };
    const requestId = await ask();
    expect((await standingOf(db(), requestId)).steps).toEqual(['received', 'push_failed']);
    expect(await pushOf()).toMatchObject({
      failed_at: deps.clock.now(),
      failure: 'the push service does not accept this server’s key (VAPID)',
    });
    deps.plan.outcome = { kind: 'sent' };
    await ask();
    expect(await pushOf()).toMatchObject({ failed_at: null, failure: null });
  });

  test('is tried again only while the request is open', async () => {
    await subscribe();
    const requestId = await ask();
    const { stillWanted } = deps.sent.at(-1)!;
    expect(await stillWanted()).toBe(true);
    const ended = { status: 'approved' as const };
    await db().write((tx) =>
      tx.updateTable('auth_requests').set(ended).where('id', '=', requestId).execute(),
    );
    expect(await stillWanted()).toBe(false);
  });

  test('beyond what there is room for nobody is woken, and that is counted', async () => {
    await subscribe();
    const before = deps.sent.length;
    for (let i = 0; i < 5; i += 1)
      deps.waker.wake({ id: newId(deps, 'req'), userId: device.user.id, expiresAt: deps.clock.now() + 1000 });
    await deps.waker.settled();
    expect([deps.sent.length - before, deps.plan.dropped]).toEqual([3, 2]);
    for (let i = 0; i < 3; i += 1)
      deps.waker.activate({ ...newSubscription(), id: 'psh', deviceId: 'dev', token: 't' });
    await deps.waker.settled();
    expect(deps.plan.dropped).toBe(3);
  });

  test('ends with the device’s wish, with the device, and with the user', async () => {
    await subscribe();
    await removePushSubscription(deps, device);
    await removePushSubscription(deps, device);
    expect((await auditOf(deps, device.id)).filter((event) => event.endsWith('.removed'))).toHaveLength(1);
    expect(await pushOf()).toBeNull();
    await subscribe();
    await revokeDevice(deps, { kind: 'console' }, null, device.id);
    expect(await getPushSubscription(deps, device)).toMatchObject({ state: 'none' });
    const other = await newDevice();
    await subscribe(newSubscription(), other);
    await db().write((tx) => removeUser(tx, other.user.id));
    expect(await getPushSubscription(deps, other)).toMatchObject({ state: 'none' });
  });

  test('the key is made once, however many nodes start at once, and opens with the right master key only', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => ensureVapidKey(deps)));
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(Buffer.from(keys[0]!.publicKey, 'base64url')).toHaveLength(65);
    const [{ n } = { n: 0 }] = await db()
      .read.selectFrom('audit_events')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('event', '=', 'vapid_key.created')
      .execute();
    expect(n).toBe(1);
    const wrong = createVault(new Uint8Array(32).fill(8), deps.random);
    await expect(findVapidKey(db().read, wrong)).rejects.toThrow('master key');
  });
});
