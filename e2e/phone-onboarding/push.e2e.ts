// The app woken by push. Chromium cannot subscribe without its vendor's service, so the browser is handed a subscription at a push service
// of our own; what arrives there, sent and encrypted by the real server, is given to Chromium's service worker through the DevTools protocol.
import { once } from 'node:events';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Device } from '@countersign/contract/models.ts';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { type PushPeer, startPushPeer } from '../web-push/push-peer.ts';
import { openPhone, type Phone, picture } from './phone.ts';

let peer: PushPeer;
let vpn: Vpn;
let browser: Browser;
beforeAll(async () => {
  peer = await startPushPeer();
  [vpn, browser] = await Promise.all([deployVpn({ env: peer.env }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
  await peer?.stop();
});

/** Gives the browser what its vendor's push service would have. */
const handOver = (phone: Phone, subscription: unknown) =>
  phone.page.addInitScript(`{
    const subscription = ${JSON.stringify(subscription)};
    globalThis.subscribed = [];
    let present = null;
    PushManager.prototype.getSubscription = async () => present;
    PushManager.prototype.subscribe = async (options) => {
      subscribed.push({ visible: options.userVisibleOnly, key: options.applicationServerKey.length });
      present = {
        options: { applicationServerKey: options.applicationServerKey.buffer },
        toJSON: () => subscription,
        unsubscribe: async () => { present = null; return true; },
      };
      return present;
    };
  }`);

interface Registration {
  readonly registrationId: string;
  readonly scopeURL: string;
}

async function serviceWorkerOf(phone: Phone): Promise<{ session: CDPSession; registrationId: string }> {
  const session = await phone.page.context().newCDPSession(phone.page);
  const updated = once(session as unknown as NodeJS.EventEmitter, 'ServiceWorker.workerRegistrationUpdated');
  await session.send('ServiceWorker.enable');
  const [{ registrations }] = (await updated) as [{ registrations: readonly Registration[] }];
  const found = registrations.find(({ scopeURL }) => scopeURL.endsWith('/authenticator/'));
  if (!found) throw new Error('the app has no service worker');
  return { session, registrationId: found.registrationId };
}

const notificationsOf = (phone: Phone) =>
  phone.page.evaluate<string[]>(
    'navigator.serviceWorker.ready.then((found) => found.getNotifications()).then((all) => all.map(({ title }) => title))',
  );

test('notifications are explained before they are asked for; a push proves the subscription, later ones wake the app and tell of a new device', async () => {
  const [user, gateway] = await Promise.all([vpn.addUser(), vpn.addGateway()]);
  const push = peer.service.subscribe();
  const phone = await openPhone(browser);
  const { page } = phone;
  await handOver(phone, push.subscription);
  await page.goto(await vpn.onboardingLink(user));
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await page.getByText('When this app is closed, a notification wakes it').waitFor();
  await picture(page, 'phone/bound-with-push');
  expect(await page.evaluate('subscribed')).toEqual([]);
  await page.context().grantPermissions(['notifications'], { origin: vpn.installation.url });
  await page.getByRole('button', { name: 'Allow notifications' }).click();
  const { text: activation } = await push.next();
  expect(await page.evaluate('subscribed')).toEqual([{ visible: true, key: 65 }]);

  const { session, registrationId } = await serviceWorkerOf(phone);
  const deliver = (data: string) =>
    session.send('ServiceWorker.deliverPushMessage', { origin: vpn.installation.url, registrationId, data });
  const shows = (title: string) =>
    expect.poll(() => notificationsOf(phone), { timeout: 10_000 }).toContain(title);
  // What the server has not seen proved is not claimed.
  await page.getByText('The server tries a notification').waitFor();
  await deliver(activation);
  await shows('Notifications arrive');
  await page.getByText('The server tries a notification').waitFor({ state: 'detached' });
  await page.evaluate("location.hash = '#/settings'");
  await page.getByText('Requests wake this app when it is closed.').waitFor();
  const [device] = await vpn.devicesOf(user);
  const state = async () =>
    (await vpn.installation.json<Device>(['devices', 'show', device?.id ?? ''])).push?.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('active');

  // Another page of the same origin, which hears nothing of pushes to the app.
  const other = await page.context().newPage();
  await other.goto(`${vpn.installation.url}/onboard-not-here`);
  await other.evaluate(`{
    globalThis.heard = [];
    navigator.serviceWorker.onmessage = ({ data }) => heard.push(data);
    navigator.serviceWorker.startMessages();
  }`);

  // Nobody looks at the app: it learns of the request by the push.
  const reply = radclient(gateway, papLogin(user.username, user.password));
  const { text } = await push.next();
  await deliver(text);
  await phone.request();
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');

  expect(await other.evaluate('heard')).toEqual([]);
  await other.close();

  // A second request is heard, though it takes the place of the first notification.
  await deliver(text);
  await shows('Somebody wants to log in');
  expect(
    await page.evaluate(
      'navigator.serviceWorker.ready.then((found) => found.getNotifications({ tag: "request" })).then((all) => all.map(({ renotify }) => renotify))',
    ),
  ).toEqual([true]);

  // Whatever comes, something is shown.
  for (const strange of ['', 'not JSON', '"text"', '{"kind":"of tomorrow"}']) {
    await page.evaluate(
      'navigator.serviceWorker.ready.then((found) => found.getNotifications()).then((all) => all.forEach((each) => each.close()))',
    );
    await expect.poll(() => notificationsOf(phone), { timeout: 10_000 }).toEqual([]);
    await deliver(strange);
    await shows('Somebody wants to log in');
  }
  // A new device, of which the app learns by the push alone.
  await page.getByRole('button', { name: 'Done' }).click();
  await page.route('**/v1/device/events', (route) => route.abort());
  await page.evaluate("location.hash = '#/accounts'");
  await page.reload();
  await page.getByText('Ready').waitFor();
  const changes = ['--device-limit', '2', '--acknowledged', 'more_devices'];
  await vpn.installation.json(['applications', 'change', vpn.application.id, ...changes]);
  await vpn.addPhone(user);
  const { text: newcomer } = await push.next();
  const card = page.getByText('A new device for VPN');
  expect(await card.count()).toBe(0);
  await deliver(newcomer);
  await shows('A new device for your account');
  await card.waitFor();
  await picture(page, 'phone/newcomer');

  // An account that could be removed here only: the server goes on pushing, but no longer to here.
  const isSubscribed = () =>
    page.evaluate<boolean>(
      'navigator.serviceWorker.ready.then(({ pushManager }) => pushManager.getSubscription()).then((found) => found !== null)',
    );
  await expect.poll(isSubscribed).toBe(true);
  await page.route('**/v1/device', (route) => route.abort());
  await page.getByRole('link', { name: /VPN/ }).click();
  await page.getByRole('button', { name: 'Remove this account' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove here only' }).click();
  await page.getByText('No account here yet').waitFor();
  expect(await isSubscribed()).toBe(false);

  expect(peer.service.faults).toEqual([]);
  expect(phone.complaints).toEqual([]);
  await phone.close();
});
