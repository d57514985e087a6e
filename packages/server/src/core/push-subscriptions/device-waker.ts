// Wakes a user's devices by push. Comes after the commit that opened the request, and nothing waits for it: a push that is lost costs a
// moment, since devices also ask by themselves. Only the node that opened a request wakes for it, and nothing of it outlives the process,
// so nobody is woken twice.
import type { PushText } from '@countersign/contract/device-protocol.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { PushMessage, PushOutcome, SendPush } from './push-subscription.ts';
import {
  findSubscriptionsToWake,
  openTarget,
  type PushTarget,
  type SubscriptionToWake,
} from './push-subscription-store.ts';
import { type PushedTo, recordPushOutcome } from './record-push-outcome.ts';

export interface WakerDeps extends AuditDeps {
  readonly db: Db;
  readonly send: SendPush;
  /** Told of what cannot happen, or of a broken database. */
  readonly failed: (error: unknown) => void;
  readonly limits?: WakerLimits;
  /** Told of a request for which nobody is woken, or a token that is not sent, for want of room. */
  readonly dropped: () => void;
}

export interface WakerLimits {
  /** Requests for which devices are being woken at once; for more, nobody is. */
  readonly requests: number;
  /** Tokens on their way at once. Apart, since a device can have one sent whenever it likes. */
  readonly activations: number;
}

export interface RequestToWakeFor {
  readonly id: string;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** A new device of a user, of which the older ones are told. */
export interface NewcomerToTellOf {
  /** Of the device or its onboarding process. */
  readonly id: string;
  readonly userId: string;
}

export interface Activation extends PushTarget {
  readonly id: string;
  readonly deviceId: string;
  readonly token: string;
}

/** No call waits or throws. */
export interface DeviceWaker {
  wake(request: RequestToWakeFor): void;
  tell(newcomer: NewcomerToTellOf): void;
  activate(subscription: Activation): void;
  /** What is under way has been noted when it resolves. Stop the sender first. */
  settled(): Promise<void>;
}

const usualLimits: WakerLimits = { requests: 2000, activations: 200 };
/** A phone that is off for the night is to learn of it all the same. */
const newcomerMs = 3 * 86_400_000;
/** Whoever asks for a token is there to get it. */
const tokenMs = 60_000;

export function createDeviceWaker(deps: WakerDeps): DeviceWaker {
  const { requests, activations } = deps.limits ?? usualLimits;
  const waking = createCrew(deps, requests);
  const activating = createCrew(deps, activations);
  return {
    wake: (request) =>
      waking.begin(() => wakeEach(deps, request.userId, (to) => requestMessage(deps, request, to))),
    tell: (newcomer) =>
      waking.begin(() => wakeEach(deps, newcomer.userId, (to) => newcomerMessage(deps, newcomer, to))),
    activate: (activation) => activating.begin(() => sendToken(deps, activation)),
    settled: async () => {
      await Promise.all([waking.settled(), activating.settled()]);
    },
  };
}

/** Work that nobody waits for, so much at once and no more. */
function createCrew({ failed, dropped }: Pick<WakerDeps, 'failed' | 'dropped'>, atOnce: number) {
  const underWay = new Set<Promise<void>>();
  return {
    begin(work: () => Promise<void>): void {
      if (underWay.size >= atOnce) {
        dropped();
        return;
      }
      const running = work()
        .catch(failed)
        .finally(() => underWay.delete(running));
      underWay.add(running);
    },
    settled: () => Promise.all(underWay),
  };
}

/** What one device is sent. */
interface Waking {
  readonly text: PushText;
  /** What it is about, for the topic. */
  readonly about: string;
  readonly expiresAt: number;
  readonly requestId: string | null;
  readonly isWanted: () => Promise<boolean>;
}

const requestMessage = (
  { db }: WakerDeps,
  { id, expiresAt }: RequestToWakeFor,
  deviceId: string,
): Waking => ({
  text: { kind: 'ask', device_id: deviceId, request_id: id },
  about: id,
  expiresAt,
  requestId: id,
  isWanted: () => isPending(db, id),
});

const newcomerMessage = ({ clock }: WakerDeps, { id }: NewcomerToTellOf, deviceId: string): Waking => ({
  text: { kind: 'newcomer', device_id: deviceId },
  about: id,
  expiresAt: clock.now() + newcomerMs,
  requestId: null,
  isWanted: async () => true,
});

async function wakeEach(
  deps: WakerDeps,
  userId: string,
  message: (deviceId: string) => Waking,
): Promise<void> {
  const subscriptions = await findSubscriptionsToWake(deps.db, userId, deps.clock.now());
  await Promise.all(subscriptions.map((each) => wakeOne(deps, message(each.device_id), each)));
}

async function wakeOne(deps: WakerDeps, waking: Waking, subscription: SubscriptionToWake): Promise<void> {
  const message: PushMessage = {
    ...openTarget(deps.vault, subscription),
    text: JSON.stringify(waking.text),
    plain: '',
    topic: topicOf(deps, waking.about, subscription.id),
    expiresAt: waking.expiresAt,
  };
  const outcome = await deps.send(message, waking.isWanted);
  await note(deps, outcome, {
    id: subscription.id,
    deviceId: subscription.device_id,
    deviceName: subscription.device_name,
    failedBefore: subscription.failed_at !== null,
    requestId: waking.requestId,
  });
}

/** Tells the push service neither what it is about nor which of its subscriptions belong together. */
const topicOf = ({ vault }: WakerDeps, about: string, subscriptionId: string): string =>
  vault.mac('push-topic', `${about} ${subscriptionId}`).toString('base64url').slice(0, 32);

async function sendToken(deps: WakerDeps, activation: Activation): Promise<void> {
  const { id, deviceId, endpoint, keys, token } = activation;
  const expiresAt = deps.clock.now() + tokenMs;
  const text: PushText = { kind: 'activate', device_id: deviceId, token };
  const words = JSON.stringify(text);
  // Where nothing can be encrypted the token goes as it is: it is worth nothing without the device's proof.
  // Accounts of one app may share an endpoint: a token must not take the place of another account's.
  const topic = topicOf(deps, 'activation', id);
  const message = { endpoint, keys, text: words, plain: words, topic, expiresAt };
  const isThere = async () =>
    (await deps.db.read.selectFrom('push_subscriptions').select('id').where('id', '=', id).execute()).length >
    0;
  const outcome = await deps.send(message, isThere);
  await note(deps, outcome, { id, deviceId, deviceName: '', failedBefore: false, requestId: null });
}

async function note(deps: WakerDeps, outcome: PushOutcome, to: PushedTo): Promise<void> {
  const wentWell = outcome.kind !== 'failed';
  // The usual end costs no write.
  if (wentWell && !(outcome.kind === 'sent' && to.failedBefore)) return;
  await recordPushOutcome(deps, outcome, to);
}

async function isPending(db: Db, requestId: string): Promise<boolean> {
  const row = await db.read
    .selectFrom('auth_requests')
    .select('id')
    .where('id', '=', requestId)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return row !== undefined;
}
