// The sender against a push service that checks everything, on this machine.
import { generateKeyPairSync } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import {
  type PushService,
  startPushService,
  type Subscriber,
} from '@countersign/testkit/push/push-service.ts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { PushMessage, PushOutcome } from '#core/push-subscriptions/push-subscription.ts';
import { systemClock } from '#platform/clock.ts';
import { systemRandom } from '#platform/random.ts';
import { startNameServer } from './name-server.test-support.ts';
import { createWebPush, type PushLimits, type WebPushDeps } from './web-push.ts';

let service: PushService;
beforeAll(async () => {
  service = await startPushService();
});
afterAll(async () => {
  expect(service.faults).toEqual([]);
  await service.stop();
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = privateKey.export({ format: 'jwk' });
const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
const key = { publicKey: point.toString('base64url'), privateKey };

function openSender(limits: Partial<PushLimits> = {}, deps: Partial<WebPushDeps> = {}) {
  const ended: string[] = [];
  const counts: number[] = [];
  const sender = createWebPush({
    clock: systemClock,
    random: systemRandom,
    key,
    contact: 'mailto:admin@example.com',
    rules: { allowed: [], httpOnLoopback: true },
    observe: (outcome) => ended.push(outcome.kind === 'failed' ? outcome.cause : outcome.kind),
    waiting: (count) => counts.push(count),
    limits: {
      timeoutMs: 300,
      firstPauseMs: 20,
      longestPauseMs: 100,
      leastLeftMs: 100,
      graceMs: 100,
      ...limits,
    },
    ...deps,
  });
  onTestFinished(() => sender.stop());
  return { ...sender, ended, counts };
}

const messageTo = (
  { subscription }: Pick<Subscriber, 'subscription'>,
  { seconds = 5, ...fields }: Partial<PushMessage> & { seconds?: number } = {},
): PushMessage => ({
  ...subscription,
  text: '{"kind":"ask"}',
  plain: '',
  topic: 'topic_of_this-request',
  expiresAt: systemClock.now() + seconds * 1000,
  ...fields,
});
const wanted = async () => true;
const failed = (cause: string, status: number | null): PushOutcome =>
  ({ kind: 'failed', cause, status }) as PushOutcome;

test('a push has TTL, urgency, topic and one size, and only its device reads it', async () => {
  const device = service.subscribe();
  const { send, ended } = openSender();
  expect(await send(messageTo(device, { seconds: 60 }), wanted)).toEqual({ kind: 'sent' });
  expect(await send(messageTo(device, { text: 'a longer text than before' }), wanted)).toEqual({
    kind: 'sent',
  });
  const [first, second] = device.pushes;
  expect(first).toMatchObject({
    text: '{"kind":"ask"}',
    urgency: 'high',
    topic: 'topic_of_this-request',
    sender: { publicKey: key.publicKey, subject: 'mailto:admin@example.com' },
  });
  expect(first!.ttl).toBeGreaterThanOrEqual(58);
  expect(first!.ttl).toBeLessThanOrEqual(60);
  expect(second!.bytes).toBe(first!.bytes);
  // Signed once, not for each push.
  expect(second!.sender.token).toBe(first!.sender.token);
  expect(ended).toEqual(['sent', 'sent']);
});

test('a subscription without keys is sent nothing but the push itself', async () => {
  const device = service.subscribe({ keys: false });
  const { send } = openSender();
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'sent' });
  expect(device.pushes).toMatchObject([{ text: '', bytes: 0 }]);
});

test.each([
  [404, 'gone'],
  [410, 'gone'],
  [400, 'refused'],
  [302, 'refused'],
  [401, 'refused_key'],
  [403, 'refused_key'],
  [413, 'too_large'],
] as const)('%i is final: %s', async (status, cause) => {
  const device = service.subscribe();
  const elsewhere = service.subscribe();
  device.answerWith({ status, headers: { location: elsewhere.subscription.endpoint } });
  const { send } = openSender();
  expect(await send(messageTo(device), wanted)).toEqual(failed(cause, status));
  expect(device.pushes).toHaveLength(1);
  expect(elsewhere.pushes).toEqual([]);
});

test('an error of the push service, or one that hangs, is tried again until it takes the push', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 500 }, { status: 503 }, 'hang');
  const { send } = openSender();
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'sent' });
  expect(device.pushes).toHaveLength(4);
  expect(device.pushes[3]!.ttl).toBeLessThanOrEqual(device.pushes[0]!.ttl);
});

test('Retry-After is kept to', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 429, headers: { 'retry-after': '1' } });
  const { send } = openSender();
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'sent' });
  const [first, second] = device.pushes;
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
});

test('nothing is tried again beyond the life of the request', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 429, headers: { 'retry-after': '60' } });
  const { send } = openSender();
  const began = performance.now();
  expect(await send(messageTo(device), wanted)).toEqual(failed('too_many', 429));
  expect(performance.now() - began).toBeLessThan(1000);
  device.answerWith(...Array.from({ length: 50 }, () => ({ status: 500 })));
  expect(await send(messageTo(device, { seconds: 0.4 }), wanted)).toEqual(failed('service_error', 500));
  expect(performance.now() - began).toBeLessThan(2000);
  expect(await send(messageTo(device, { seconds: -1 }), wanted)).toEqual(failed('unreachable', null));
});

test('what was answered meanwhile is not pushed again', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 500 });
  const { send } = openSender();
  expect(await send(messageTo(device), async () => false)).toEqual({ kind: 'not_wanted' });
  expect(device.pushes).toHaveLength(1);
});

test('a push service that nobody answers at is unreachable', async () => {
  const { send } = openSender();
  const nowhere = { subscription: { endpoint: 'http://127.0.0.1:1/x', keys: null } };
  expect(await send(messageTo(nowhere, { seconds: 0.1 }), wanted)).toEqual(failed('unreachable', null));
  const inside = { subscription: { endpoint: 'https://10.0.0.1/x', keys: null } };
  expect(await send(messageTo(inside), wanted)).toEqual(failed('address_refused', null));
});

test('a name server that is silent takes the time of its pushes and of nobody else', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `a${index}.slow.example`);
  const server = await startNameServer({
    ...Object.fromEntries(names.map((name) => [name, null])),
    'inside.example': '10.0.0.1',
  });
  const rules = { allowed: [], httpOnLoopback: false };
  const { send } = openSender({ timeoutMs: 500 }, { rules, nameServers: [server.address] });
  const to = (host: string, seconds: number) =>
    send(messageTo({ subscription: { endpoint: `https://${host}/x`, keys: null } }, { seconds }), wanted);
  const began = performance.now();
  const slow = names.map((name) => to(name, 0.5));
  // The threads of the system's look-ups are free.
  await lookup('localhost');
  for (const host of ['inside.example', 'localhost'])
    expect(await to(host, 5)).toEqual(failed('address_refused', null));
  for (const outcome of await Promise.all(slow)) expect(outcome).toEqual(failed('unreachable', null));
  expect(performance.now() - began).toBeLessThan(3000);
});

test('when there is no room the newest is dropped at once, and one that hangs does not take the room of others', async () => {
  const other = await startPushService();
  onTestFinished(() => other.stop());
  const { send, stop, ended, counts } = openSender({ atOnce: 4, inAll: 4, timeoutMs: 5000 });
  const hanging = service.subscribe();
  hanging.answerWith('hang', 'hang');
  const stuck = [send(messageTo(hanging), wanted), send(messageTo(hanging), wanted)];
  expect(await send(messageTo(hanging), wanted)).toEqual(failed('queue_full', null));
  expect(await send(messageTo(other.subscribe()), wanted)).toEqual({ kind: 'sent' });
  await Promise.all([hanging.next(), hanging.next()]);
  await stop();
  expect(await Promise.all(stuck)).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
  expect(ended.toSorted()).toEqual(['queue_full', 'sent', 'stopped', 'stopped']);
  expect(Math.max(...counts)).toBe(3);
  expect(counts.at(-1)).toBe(0);
});

test('what gets no turn within its life ends with it, however long the others hang', async () => {
  const { send } = openSender({ atOnce: 2, timeoutMs: 5000 });
  const hanging = service.subscribe();
  hanging.answerWith('hang');
  void send(messageTo(hanging), wanted);
  await hanging.next();
  expect(await send(messageTo(hanging, { seconds: 0.2 }), wanted)).toEqual(failed('queue_full', null));
});

test('stopped, it lets what is under way end and waits for no further try', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 503, headers: { 'retry-after': '2' } });
  const { send, stop } = openSender();
  const sending = send(messageTo(device), wanted);
  await device.next();
  await stop();
  expect(await sending).toEqual({ kind: 'stopped' });
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'stopped' });
  expect(device.pushes).toHaveLength(1);
});

test('an answer that never ends is cut off', async () => {
  const device = service.subscribe();
  device.answerWith({ status: 201, body: 'x'.repeat(1_000_000) });
  const { send } = openSender();
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'sent' });
  expect(await send(messageTo(device), wanted)).toEqual({ kind: 'sent' });
});

test('pushes at a time when a service hangs do not wait for each other', async () => {
  const { send } = openSender({ atOnce: 8 });
  const devices = Array.from({ length: 20 }, () => service.subscribe());
  const outcomes = await Promise.all(devices.map((device) => send(messageTo(device), wanted)));
  expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true);
});
