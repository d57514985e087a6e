// Fingerprint, face or PIN before an approval, in real Chromium with a virtual authenticator and real RADIUS logins.
import type { Application } from '@countersign/contract/models.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, fitsTheScreen, letPass, openBrowser, picturesIn, someLooks } from '../browser.ts';
import { heading, openPhone, type Phone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Gateway, textOf, type Vpn, type VpnUser } from '../vpn.ts';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';

let vpn: Vpn;
let browser: Browser;
let bank: Application;
let gateway: Gateway;
let numbers: Gateway;
const phones: Phone[] = [];
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  bank = await vpn.addApplication('Bank', ['--user-verification', 'required']);
  const application = bank.id;
  [gateway, numbers] = await Promise.all([
    vpn.addGateway({ application }),
    vpn.addGateway({ application, options: ['--number-matching'] }),
  ]);
});
afterAll(async () => {
  for (const { complaints } of phones) expect(complaints).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

const login = (user: VpnUser, door = gateway) => radclient(door, papLogin(user.username, user.password));
const picture = picturesIn(import.meta.dirname);
const look = (phone: Phone, name: string) => picture(phone.page, name);

async function newPhone(options: Parameters<typeof openPhone>[1] = {}) {
  const user = await vpn.addUser({ application: bank.id });
  const phone = await openPhone(browser, options);
  phones.push(phone);
  return { user, phone, page: phone.page };
}

test.concurrent.each(someLooks)(
  'set up when the phone is bound, then asked for at each approval ($language, $scheme)',
  async ({ language, scheme }) => {
    const { user, phone, page } = await newPhone({
      locale: language === 'en' ? 'en-GB' : 'de-DE',
      colorScheme: scheme,
      deviceScaleFactor: 1,
    });
    const finger = await addVirtualAuthenticator(page);
    const show = async (name: string) => {
      const what = `${name}-${language}-${scheme}`;
      await expectAccessible(page, what);
      await look(phone, what);
    };
    await page.goto(await vpn.onboardingLink(user));
    await page.locator('form .button-main').click();
    await page.locator('.outcome-sign').waitFor();
    await page.locator('.hint .button-main').waitFor();
    await show('bound');
    await page.locator('.hint .button-main').click();
    await page.locator('a.button-main').waitFor();
    await page.locator('a.button-main').click();
    await page.locator('.state-connected').waitFor();
    expect(await vpn.devicesOf(user)).toMatchObject([{ user_verification: { last_used_at: null } }]);

    const reply = login(user);
    await page.locator('.request').waitFor();
    await show('request');
    expect(await fitsTheScreen(page)).toBe(true);
    await letPass(page, 650);
    await page.locator('.request-answer .button-main').click();
    await page.locator('.outcome-good').waitFor();
    const { code, all } = await reply;
    expect(code).toBe('Access-Accept');
    expect(await finger.signCounts()).toEqual([expect.any(Number)]);

    const requestId = textOf(all('Class')[0]);
    const { steps } = await vpn.activity(requestId);
    expect(steps.map((step) => step.code)).toEqual(
      expect.arrayContaining(['verification_asked', 'user_verified', 'approved']),
    );
    const { stdout } = await vpn.installation.countersign(['evidence', 'verify', requestId]);
    expect(stdout).toMatch(/^Genuine: .* user verified there by fingerprint, face or PIN/);
    await page.locator('.outcome').waitFor({ state: 'detached' });
    await page.evaluate(`location.hash = '#/history'`);
    await page.locator('.row').first().click();
    await page.locator('.block').first().waitFor();
    await show('evidence');
  },
);

test.concurrent('the wrong finger lets nobody in, and leads back to the question; the right one then does', async () => {
  const { user, phone, page } = await newPhone();
  const finger = await addVirtualAuthenticator(page);
  await page.goto(await vpn.onboardingLink(user));
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.locator('a.button-main').click();
  await finger.setVerified(false);
  const reply = login(user);
  await phone.request('Log in to Bank');
  await phone.approve();
  await heading(page, 'Not confirmed');
  await page.getByText('It was not confirmed that it is you').waitFor();
  await expectAccessible(page, 'not verified');
  await look(phone, 'not-verified');
  await finger.setVerified(true);
  await page.getByRole('button', { name: 'Answer again' }).click();
  await phone.request('Log in to Bank');
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
});

test.concurrent('switched on later: the app offers it at the next opening', async () => {
  const application = await vpn.addApplication('Wiki');
  const user = await vpn.addUser({ application: application.id });
  const phone = await openPhone(browser);
  phones.push(phone);
  const { page } = phone;
  await addVirtualAuthenticator(page);
  await phone.bind(await vpn.onboardingLink(user));
  await page.getByText('Ready').waitFor();
  await vpn.installation.json(['applications', 'change', application.id, '--user-verification', 'required']);
  await page.reload();
  await heading(page, 'Accounts');
  await page.getByText('Wiki wants to be sure that it is you').waitFor();
  await expectAccessible(page, 'accounts');
  await look(phone, 'accounts');
  await page.getByRole('link', { name: 'Wiki' }).click();
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByRole('button', { name: 'Set it up' }).waitFor({ state: 'detached' });
  expect(await vpn.devicesOf(user)).toMatchObject([{ user_verification: { last_used_at: null } }]);
});

test.concurrent('a request finds the phone without: set up on the spot, number typed, approved', async () => {
  const { user, phone, page } = await newPhone();
  const finger = await addVirtualAuthenticator(page);
  await phone.bind(await vpn.onboardingLink(user));
  const challenge = await login(user, numbers);
  await phone.request('Log in to Bank');
  expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  await expectAccessible(page, 'request to set up');
  expect(await fitsTheScreen(page)).toBe(true);
  await look(phone, 'request-set-up');
  await finger.setVerified(false);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByText('It was not confirmed that it is you').waitFor();
  await look(phone, 'request-set-up-failed');
  await finger.setVerified(true);
  await page.getByRole('button', { name: 'Set it up' }).click();
  const [number = ''] = /\d{2}/.exec(challenge.all('Reply-Message')[0] ?? '') ?? [];
  await page.getByLabel('Type the number').fill(number);
  await look(phone, 'request-number');
  await phone.approve();
  await phone.outcome('Approved');
});

test.concurrent('a phone that cannot says so, before and at a request; denying works, and the activity says why nobody approved', async () => {
  const { user, phone, page } = await newPhone();
  // Nothing that verifies: as a phone without a screen lock.
  await page.addInitScript(
    'PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => false',
  );
  await page.goto(await vpn.onboardingLink(user));
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await page.getByText('This phone or browser cannot check that it is you').waitFor();
  await expectAccessible(page, 'bound and cannot');
  await look(phone, 'bound-cannot');
  await page.getByRole('link', { name: 'Done' }).click();
  const reply = login(user);
  await phone.request('Log in to Bank');
  await page.getByText('ask your administrator').waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  await expectAccessible(page, 'request and cannot');
  expect(await fitsTheScreen(page)).toBe(true);
  await look(phone, 'request-cannot');
  await phone.deny();
  await phone.outcome('Denied');
  expect((await reply).code).toBe('Access-Reject');
  const { steps } = await vpn.lastActivity(user.username);
  expect(steps.map(({ text }) => text).join('\n')).toContain('nobody can approve before one is');
});
