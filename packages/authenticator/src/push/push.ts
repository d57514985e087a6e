// Being woken by push (device protocol section 8): one subscription of this browser for all accounts, named to the server at each opening.
import { connectionOf } from '../device/device-calls.ts';
import { createStore } from '@countersign/ui/store.ts';
import { nameForAll } from './name-subscription.ts';
import { fromBase64url, toBase64url } from '../protocol/base64url.ts';
import type { Listener } from '../protocol/event-stream.ts';
import type { OwnPushSubscription } from '@countersign/contract/device-models.ts';
import type { Account } from '../storage/database.ts';

export type PushState =
  /** The browser has no push, or only once the app is installed (iPhone, iPad). */
  | 'unsupported'
  /** Nobody has asked yet. */
  | 'off'
  | 'denied'
  /** Named to the server, which has sent a push to prove it. */
  | 'proving'
  | 'on'
  /** Allowed, but the browser's push service or the server did not take it. */
  | 'failed';

const isSupported = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

function presentState(): PushState {
  if (!isSupported()) return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : 'off';
}

export const pushState = createStore<PushState>(presentState());

/** To be called by a press of a button: browsers show their question only then. */
export async function allowPush(accounts: readonly Account[]): Promise<void> {
  if (!isSupported()) return;
  const permission = await Notification.requestPermission();
  if (permission === 'granted') await renewPush(accounts);
  else pushState.change(() => (permission === 'denied' ? 'denied' : 'off'));
}

/** Ids of accounts whose subscription the server has not seen proved yet. */
let proving = new Set<string>();
/** Ids of those proved while the subscription was being named: the push may be faster than the answer. */
const proved = new Set<string>();

/** At each opening and after binding. Does nothing until notifications were allowed, and never asks for it. */
export async function renewPush(accounts: readonly Account[]): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted') return;
  try {
    // Nobody is left to be woken for.
    if (accounts.length === 0) return await endPush();
    proved.clear();
    const { state, proving: unproved } = await nameForAll(accounts, { keyFor, subscribe, name });
    // Without a network it stays as it was; the next opening tries again.
    if (state === 'unknown') return;
    proving = new Set(unproved.map(({ id }) => id).filter((id) => !proved.has(id)));
    pushState.change(() => (state === 'proving' && proving.size === 0 ? 'on' : state));
  } catch {
    pushState.change(() => 'failed');
  }
}

/** Gives the subscription up. The push service tells the server so, which ends what it still has of it. */
export async function endPush(): Promise<void> {
  if (!isSupported()) return;
  pushState.change(presentState);
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

const path = '/v1/device/push-subscription';

const keyFor = async (account: Account): Promise<string> =>
  ((await connectionOf(account).call('GET', path)) as OwnPushSubscription).vapid_public_key;

/** The subscription that is there, unless it is for another server's key. */
async function subscribe(key: string): Promise<PushSubscriptionJSON> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const present = await pushManager.getSubscription();
  const presentKey = present?.options.applicationServerKey;
  if (present && presentKey && toBase64url(new Uint8Array(presentKey)) === key) return present.toJSON();
  await present?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: fromBase64url(key) };
  return (await pushManager.subscribe(options)).toJSON();
}

async function name(
  account: Account,
  { endpoint, keys }: PushSubscriptionJSON,
): Promise<OwnPushSubscription['state']> {
  const body = { endpoint, keys: { p256dh: keys?.['p256dh'], auth: keys?.['auth'] } };
  return ((await connectionOf(account).call('PUT', path, { body })) as OwnPushSubscription).state;
}

/** What the service worker passes on of a push. */
interface Passed {
  readonly kind?: unknown;
  readonly device_id?: unknown;
  readonly token?: unknown;
}

/** @param accounts those of now. @param askAgain called for every push that is not the proof of a subscription */
export function followPushes(accounts: () => readonly Account[], { askAgain, newcomers }: Listener): void {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<Passed | null>) => {
    if (data?.kind === 'newcomer') return newcomers();
    if (data?.kind !== 'activate') return askAgain();
    const account = accounts().find(({ id }) => id === data.device_id);
    if (account) void activate(account, data.token);
  });
}

async function activate(account: Account, token: unknown): Promise<void> {
  try {
    await connectionOf(account).call('POST', `${path}/activate`, { body: { token } });
  } catch {
    // Too late, or replaced: the next opening names the subscription once more.
    return;
  }
  proved.add(account.id);
  proving.delete(account.id);
  if (proving.size === 0) pushState.change((state) => (state === 'proving' ? 'on' : state));
}

/** Takes away notifications of requests that are now on the screen. */
export async function closeNotifications(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notification of (await registration?.getNotifications({ tag: 'request' })) ?? [])
    notification.close();
}
