// Each requirement alone, and what becomes of another device of a user who has one: lost, told of, refused, waiting, too new to approve.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { expectAccessible, expectToFit, picturesIn, sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { heading, openPhone, type Phone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import {
  begin,
  devicesOf,
  giveCredentials,
  linkFor,
  newApplication,
  newUser,
  press,
  requiring,
} from './enrolling.ts';

const browser = sharedBrowser();
const picture = picturesIn(import.meta.dirname);
const texts: string[] = [];
let gateway: Server;
let vpn: Vpn;
let caller: ApiCaller;
let desk: Console;
beforeAll(async () => {
  vpn = await deployVpn();
  caller = await apiCaller(vpn.installation);
  desk = await openConsole(browser());
  await becomeOwner(desk, vpn.installation);
  gateway = createServer((request, response) => {
    texts.push(decodeURIComponent(request.url ?? ''));
    response.end('Accepted');
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await desk?.close();
  gateway?.close();
  await vpn?.stop();
});

/** In both schemes. */
const look = async ({ page }: Pick<Phone, 'page'>, name: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `${name}-${colorScheme}`);
    await expectToFit(page, name);
    await picture(page, `phone/${name}-${colorScheme}`, true);
  }
};
const bound = (phone: Phone) => heading(phone.page, 'This device is bound');
const done = (phone: Phone) => phone.page.getByRole('link', { name: 'Done' }).click();

test('an onboarding link alone; the password alone, whose last answer is lost twice', async () => {
  const application = await newApplication(caller, 'Alone');
  const first = await newUser(caller, application);
  const phone = await openPhone(browser());
  await phone.bind(await linkFor(caller, first));

  const user = await newUser(caller, application);
  const link = await requiring(caller, application, ['simple_credentials']);
  const other = await openPhone(browser(), { serviceWorkers: 'block' });
  let lost = 0;
  // The server does it, and the phone does not hear of it.
  await other.page.route('**/complete', async (route) => {
    await route.fetch();
    lost += 1;
    await route.abort();
  });
  await begin(other.page, link);
  await giveCredentials(other.page, user);
  await other.page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await devicesOf(caller, user)).toHaveLength(1);
  await other.page.unroute('**/complete');
  // Closed and opened anew: it finds that it is bound.
  await other.page.goto(`${vpn.installation.url}/authenticator/`);
  await other.page.getByRole('link', { name: /Go on binding this device/ }).click();
  await bound(other);
  expect(lost).toBeGreaterThan(0);
  expect(await devicesOf(caller, user)).toHaveLength(1);
  await Promise.all([phone.close(), other.close()]);
});

test('a code by SMS alone', async () => {
  const { port } = gateway.address() as AddressInfo;
  await caller.call('POST', '/v1/sms-gateways', {
    ...{ kind: 'http', name: 'here', method: 'GET', sender: 'Acme', accepted_text: 'Accepted' },
    url: `http://127.0.0.1:${port}/?text={text}`,
  });
  await caller.call('PATCH', '/v1/sms-rules', { allowed_prefixes: ['49'] });
  const application = await newApplication(caller, 'By text');
  await caller.call('POST', '/v1/users', {
    application_id: application.id,
    username: 'tess',
    phone: '+491705550001',
  });
  const link = await requiring(caller, application, ['sms']);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await look(phone, '6-sms-number');
  await phone.page.getByLabel('Telephone number').fill('+49 170 5550001');
  await press(phone.page, 'Send the code');
  const code = phone.page.getByLabel('Code from the text');
  await code.waitFor();
  await look(phone, '7-sms-code');
  await expect.poll(() => texts.at(-1) ?? '').toMatch(/#[0-9]{6}/);
  await code.fill(/#([0-9]{6})/.exec(texts.at(-1) ?? '')?.[1] ?? '');
  await press(phone.page, 'Continue');
  await bound(phone);
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test('a lost device: an administrator decides, the old one is told, the new one is too new; then it is refused', async () => {
  const application = await newApplication(caller, 'Lost', {
    device_limit: 3,
    new_device_cool_down_seconds: 3600,
  });
  const radius = await vpn.addGateway({ application: application.id });
  const user = await newUser(caller, application);
  const old = await openPhone(browser());
  await old.bind(await linkFor(caller, user));
  const link = await requiring(caller, application, ['simple_credentials']);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await giveCredentials(phone.page, user);
  await press(phone.page, 'I do not have it any more: ask an administrator');
  // Live, on the phone that is not lost after all.
  await old.page.getByText('waits for an administrator').waitFor();
  await look(old, '8-newcomer-waits');
  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.press('Approve');
  await bound(phone);
  await done(phone);
  await phone.page.getByText('Cannot approve yet').waitFor();
  await phone.page.getByRole('link', { name: /Lost/ }).click();
  await phone.page.getByText('This device approves from').waitFor();
  await look(phone, '9-cooling');
  await old.page.getByText('can approve logins from').waitFor();
  await look(old, '10-newcomer-cooling');

  await desk.go(`#/users/${user.id}`);
  await desk.page.getByText('New; approves from').waitFor();
  await expectAccessible(desk.page, 'user with a new device');
  await picture(desk.page, 'wide/user-devices-en-light', true);
  // Only the old one is asked.
  const reply = radclient(radius, papLogin(user.username, user.password));
  await old.request('Log in to Lost');
  expect(await phone.page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
  await old.approve();
  expect((await reply).code).toBe('Access-Accept');
  await press(old.page, 'Done');

  await press(old.page, 'It is not mine');
  await old.page.getByRole('dialog').getByRole('button', { name: 'It is not mine' }).click();
  await old.page.getByText('can approve logins from').waitFor({ state: 'detached' });
  expect(await devicesOf(caller, user)).toHaveLength(1);
  expect([...phone.complaints, ...old.complaints, ...desk.complaints]).toEqual([]);
  await Promise.all([phone.close(), old.close()]);
});

test('only new devices: the login is refused with the reason, until an administrator lets one approve', async () => {
  const application = await newApplication(caller, 'Too new', {
    device_mode: 'override',
    new_device_cool_down_seconds: 3600,
  });
  const radius = await vpn.addGateway({ application: application.id });
  const user = await newUser(caller, application);
  await (await SoftAuthenticator.create()).onboard(await linkFor(caller, user));
  const phone = await openPhone(browser());
  await phone.bind(await linkFor(caller, user));
  expect((await radclient(radius, papLogin(user.username, user.password))).code).toBe('Access-Reject');
  expect((await vpn.lastActivity(user.username)).reason).toBe('device_cooling');
  await desk.go(`#/users/${user.id}`);
  await desk.page.getByRole('button', { name: /^Let it approve now: / }).click();
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Let it approve now' }).click();
  await desk.page.getByText('New; approves from').waitFor({ state: 'detached' });
  const reply = radclient(radius, papLogin(user.username, user.password));
  await phone.request('Log in to Too new');
  await phone.approve();
  expect((await reply).code).toBe('Access-Accept');
  await phone.close();
});

test('another device waits its time and says until when; the requirement editor is moved by drag and by keyboard', async () => {
  const application = await newApplication(caller, 'Slow', { new_device_wait_seconds: 86_400 });
  const user = await newUser(caller, application);
  await (await SoftAuthenticator.create()).onboard(await linkFor(caller, user));
  const { page } = desk;
  await desk.go(`#/applications/${application.id}/requirements`);
  await desk.heading('Onboarding requirements');
  // A mode that gives more devices is read about first.
  const rules = page.locator('form .form-actions [type="submit"]');
  await page.getByRole('radio', { name: /^Several/ }).check();
  await page.locator('input[name="device_limit"]').fill('2');
  await rules.click();
  await page.getByText('Tick that you have read it').waitFor();
  await expectAccessible(page, 'rules');
  await picture(page, 'wide/rules-en-light', true);
  await page.getByLabel('I have read this and accept it.').check();
  await page.locator('select[name="cool_down"]').selectOption({ label: '4 hours' });
  await rules.click();
  await page.getByText('Saved').first().waitFor();
  await desk.press('Remove “Onboarding link”');
  for (const kind of ['administrator_approval', 'manual', 'simple_credentials']) {
    await page.getByLabel('Another requirement').selectOption(kind);
    await desk.press('Add');
  }
  const order = () => page.locator('.order-item .strong').allInnerTexts();
  await page.locator('.order-item').nth(2).dragTo(page.locator('.order-item').nth(0));
  expect(await order()).toEqual(['User name and password', 'Approval by an administrator', 'In person']);
  const up = page.getByRole('button', { name: 'Move “In person” up' });
  await up.focus();
  await page.keyboard.press('Enter');
  expect(await order()).toEqual(['User name and password', 'In person', 'Approval by an administrator']);
  // The focus goes along, so that it can be moved on.
  expect(await up.evaluate('document.activeElement.ariaLabel')).toBe('Move “In person” up');
  await desk.press('Remove “In person”');
  await page.getByRole('button', { name: 'Save', exact: true }).first().click();
  await page.getByText('begins anew once you save').waitFor({ state: 'detached' });
  const link = await page.locator('.phone-code code').innerText();

  const phone = await openPhone(browser(), { locale: 'de-DE' });
  await phone.page.goto(link);
  await press(phone.page, 'Beginnen');
  await phone.page.getByLabel('Benutzername').fill(user.username);
  await phone.page.getByLabel('Passwort').fill(user.password);
  await press(phone.page, 'Weiter');
  await press(phone.page, 'Um Freigabe bitten');
  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.press('Approve');
  await phone.page.getByText('dieses bis').waitFor();
  await look(phone, '11-waiting-time-de');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});
