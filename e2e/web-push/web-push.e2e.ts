// A sleeping phone is woken by push: the real server, radclient, soft authenticators, and a push service that checks everything.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Device } from '@countersign/contract/models.ts';
import {
  activatePush,
  getPush,
  putPush,
  readPush,
  removePush,
} from '@countersign/testkit/soft-authenticator/push-subscription.ts';
import type { ServerProcess } from '@countersign/testkit/peers/server-process.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Gateway, requestOn, type Vpn, type VpnUser } from '../vpn.ts';
import { type PushPeer, startPushPeer, subscribePhone } from './push-peer.ts';

let peer: PushPeer;
let vpn: Vpn;
let gateway: Gateway;
beforeAll(async () => {
  peer = await startPushPeer();
  vpn = await deployVpn({ env: { ...peer.env, COUNTERSIGN_SHUTDOWN_SECONDS: '1' } });
  const added = [1, 2, 3].map(() => vpn.addUserWithPhone());
  [gateway, ...people] = await Promise.all([vpn.addGateway(), ...added]);
});
afterAll(async () => {
  await vpn?.stop();
  await peer?.stop();
});

/** Servers of before. */
const ended: ServerProcess[] = [];
const restart = async (env: Readonly<Record<string, string>> = {}) => {
  ended.push(vpn.server());
  vpn.restarted(await vpn.installation.start(env));
};
const logIn = (user: VpnUser) => radclient(gateway, papLogin(user.username, user.password));
/** Their phones take turns, since a device may name only so many subscriptions a minute. */
let people: Awaited<ReturnType<Vpn['addUserWithPhone']>>[];
let turn = 0;
const addWokenPhone = async () => {
  turn += 1;
  const person = people[turn % people.length];
  if (!person) throw new Error('there is nobody');
  return { ...person, push: await subscribePhone(peer, person.phone) };
};
/** Answers without waiting for anything to come. */
const approve = async (phone: SoftAuthenticator) => {
  const [request] = await phone.pending();
  if (!request) throw new Error('the push came, and there is no request');
  await phone.answer(request, { decision: 'approve' });
  return request.content.request_id;
};
const stepsOf = async (requestId: string) => (await vpn.activity(requestId)).steps;
const deviceOf = (phone: SoftAuthenticator) =>
  vpn.installation.json<Device>(['devices', 'show', phone.state.deviceId]);

describe('a phone that sleeps', () => {
  test('is woken, and what the push service sees says nothing', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const { vapid_public_key: key, state } = await getPush(phone);
    expect([state, key.length]).toEqual(['none', 87]);
    const push = await subscribePhone(peer, phone);
    const login = logIn(user);
    const woken = await push.next();
    const said = readPush(woken.text);
    const requestId = await approve(phone);
    expect((await login).code).toBe('Access-Accept');

    expect(said).toEqual({ kind: 'ask', device_id: phone.state.deviceId, request_id: requestId });
    expect(woken).toMatchObject({
      urgency: 'high',
      sender: { publicKey: key, subject: 'mailto:admin@example.com' },
    });
    expect(woken.ttl).toBeGreaterThan(50);
    expect(woken.ttl).toBeLessThanOrEqual(60);
    expect(woken.topic).toMatch(/^[\w-]{32}$/);
    expect(woken.topic).not.toContain(requestId);
    // An activation and a request look the same.
    expect(new Set(push.pushes.map(({ bytes }) => bytes)).size).toBe(1);
    expect(woken.bytes).toBeLessThanOrEqual(4096);
    const steps = await stepsOf(requestId);
    const codes = ['received', 'user_found', 'password_correct', 'request_sent', 'push_sent', 'approved'];
    expect(steps.map(({ code }) => code)).toEqual(codes);
    expect(peer.service.faults).toEqual([]);
  });

  test('with several devices is told of a new one and woken on each; one without keys (UnifiedPush) is told nothing but that', async () => {
    const application = await vpn.addApplication('Two devices', [
      '--device-limit',
      '2',
      '--acknowledged',
      'more_devices',
    ]);
    const owner = { application: application.id };
    const [door, { user, phone }] = await Promise.all([vpn.addGateway(owner), vpn.addUserWithPhone(owner)]);
    const push = await subscribePhone(peer, phone);
    const tablet = await vpn.addPhone(user);
    // The older one is told of the newer, and may learn of it days later.
    const told = await push.next();
    expect(readPush(told.text)).toEqual({ kind: 'newcomer', device_id: phone.state.deviceId });
    expect([told.ttl > 86_400, told.urgency]).toEqual([true, 'high']);
    expect(await phone.connection.call('GET', '/v1/device/newcomers')).toMatchObject({
      newcomers: [{ id: tablet.state.deviceId, state: 'bound' }],
    });
    const pushes = [push, await subscribePhone(peer, tablet, { keys: false })];
    const login = radclient(door, papLogin(user.username, user.password));
    const [one, other] = await Promise.all(pushes.map((push) => push.next()));
    expect(readPush(one!.text)).toMatchObject({ kind: 'ask', device_id: phone.state.deviceId });
    expect([other!.text, other!.bytes]).toEqual(['', 0]);
    await approve(tablet);
    expect((await login).code).toBe('Access-Accept');
    expect(push.pushes.map(({ text }) => readPush(text)?.kind)).toEqual(['activate', 'newcomer', 'ask']);
    expect(new Set(push.pushes.map(({ bytes }) => bytes)).size).toBe(1);
  });

  test('is not woken before it has proved the subscription, nor after it ended it', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const push = peer.service.subscribe();
    expect(await putPush(phone, push.subscription)).toMatchObject({ state: 'unproved' });
    const said = readPush((await push.next()).text);
    const first = logIn(user);
    await requestOn(phone);
    await approve(phone);
    await first;
    expect(push.pushes).toHaveLength(1);
    const wrong = activatePush(phone, `csp_${'A'.repeat(43)}`);
    await expect(wrong).rejects.toMatchObject({
      status: 422,
      document: { code: 'activation_token_invalid' },
    });
    await activatePush(phone, said?.kind === 'activate' ? said.token : '');
    await removePush(phone);
    const second = logIn(user);
    await requestOn(phone);
    await approve(phone);
    await second;
    expect(push.pushes).toHaveLength(1);
  });
});

describe('a push service', () => {
  test.each([404, 410])('that no longer knows the subscription (%i) is asked no more', async (status) => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith({ status });
    const login = logIn(user);
    await push.next();
    const requestId = await approve(phone);
    expect((await login).code).toBe('Access-Accept');
    await expect.poll(async () => (await deviceOf(phone)).push, { timeout: 15_000 }).toBeNull();
    const failed = (await stepsOf(requestId)).find(({ code }) => code === 'push_failed');
    expect(failed?.text).toContain('no longer knows the subscription');
    const again = logIn(user);
    await requestOn(phone);
    await approve(phone);
    expect((await again).code).toBe('Access-Accept');
    expect(push.pushes).toHaveLength(2);
    expect(await getPush(phone)).toMatchObject({ state: 'none' });
  });

  test('that is busy is asked again when it says, and one that fails when it may be well', async () => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith({ status: 429, headers: { 'retry-after': '1' } }, { status: 500 });
    const login = logIn(user);
    const tries = [await push.next(), await push.next(), await push.next()];
    expect(tries[1]!.at - tries[0]!.at).toBeGreaterThanOrEqual(990);
    expect(new Set(tries.map(({ topic }) => topic)).size).toBe(1);
    expect(tries.map(({ text }) => text)).toEqual(Array(3).fill(tries[0]!.text));
    await approve(phone);
    expect((await login).code).toBe('Access-Accept');
  });

  test('that fails is not asked again for a request that was answered meanwhile', async () => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith({ status: 503, headers: { 'retry-after': '1' } });
    const before = await vpn.metric('countersign_pushes_total', { outcome: 'not_wanted' });
    const login = logIn(user);
    await push.next();
    await approve(phone);
    expect((await login).code).toBe('Access-Accept');
    const metric = () => vpn.metric('countersign_pushes_total', { outcome: 'not_wanted' });
    await expect.poll(metric, { timeout: 10_000 }).toBe(before + 1);
    expect(push.pushes).toHaveLength(2);
  });

  test('that hangs holds up nothing', async () => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith('hang');
    const began = performance.now();
    const login = logIn(user);
    await push.next();
    await approve(phone);
    expect((await login).code).toBe('Access-Accept');
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test.each([
    [403, 'does not accept this server’s key'],
    [400, 'refused the push'],
    [413, 'too large'],
  ])('that refuses (%i) is told to the administrator in words', async (status, words) => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith({ status });
    const login = logIn(user);
    await push.next();
    await approve(phone);
    expect((await login).code).toBe('Access-Accept');
    const failure = async () => (await deviceOf(phone)).push?.failure;
    await expect.poll(failure, { timeout: 15_000 }).toContain(words);
    expect((await deviceOf(phone)).push).toMatchObject({ state: 'active', service: peer.service.origin });
    if (status !== 403) return;
    const doctor = await vpn.installation.countersign(['doctor']);
    expect(doctor.stdout).toMatch(new RegExp(`warn +push: .*${words}.*status ${status}`));
  });

  test('inside, or one that nobody may be sent to, is not pushed to, and a device cannot name many', async () => {
    const { phone } = await vpn.addUserWithPhone();
    const refused = { status: 422, document: { code: 'push_endpoint_refused' } };
    for (const endpoint of [
      'https://10.0.0.1/x',
      'https://127.0.0.1/x',
      'https://[::ffff:169.254.169.254]/x',
      'https://user:password@push.example.com/x',
      `http://localhost:${vpn.installation.httpPort}/x`,
    ])
      await expect(putPush(phone, { endpoint })).rejects.toMatchObject(refused);
    const many = Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        putPush(phone, { endpoint: `https://10.0.0.1/${n}` }).catch((e) => e),
      ),
    );
    expect(await many).toContainEqual(expect.objectContaining({ status: 429 }));
  });
});

describe('a server that is started again', () => {
  test('has the same key, wakes through the same subscriptions, and wakes nobody twice', async () => {
    const { user, phone, push } = await addWokenPhone();
    const { vapid_public_key: key } = await getPush(phone);
    push.answerWith({ status: 503, headers: { 'retry-after': '5' } });
    const lost = radclient(gateway, papLogin(user.username, user.password), { timeoutSeconds: 1 });
    const before = readPush((await push.next()).text);
    await lost;
    await vpn.server().kill();
    await restart();
    expect(await getPush(phone)).toMatchObject({ state: 'active', vapid_public_key: key });
    // Its request is still open, so the next login is another one only once it was answered.
    await approve(phone);
    const login = logIn(user);
    const after = await push.next();
    expect(after.sender.publicKey).toBe(key);
    expect(readPush(after.text)).not.toEqual(before);
    await approve(phone);
    expect((await login).code).toBe('Access-Accept');
  });

  test('stops in time though a push service hangs', async () => {
    const { user, phone, push } = await addWokenPhone();
    push.answerWith('hang');
    const login = logIn(user);
    await push.next();
    await approve(phone);
    await login;
    const began = performance.now();
    expect(await vpn.server().terminate()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    await restart();
  });

  test('goes inside no longer once that is no longer allowed, whatever was subscribed before', async () => {
    const { user, phone, push } = await addWokenPhone();
    await vpn.server().terminate();
    await restart({ COUNTERSIGN_PUSH_ALLOW: '' });
    const login = logIn(user);
    await requestOn(phone);
    const requestId = await approve(phone);
    expect((await login).code).toBe('Access-Accept');
    await expect
      .poll(async () => (await stepsOf(requestId)).map(({ text }) => text).join(), { timeout: 15_000 })
      .toContain('internal address');
    expect(push.pushes).toHaveLength(1);
  });

  test('has written no endpoint and no secret of a subscription into its log', () => {
    const log = [...ended, vpn.server()].map((server) => server.output()).join('');
    expect(log).toContain('a push failed');
    expect(log).not.toContain('/push/');
  });
});
