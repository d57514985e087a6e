// Console and phone side by side: a provider is set up and tested, a person logs in at it in the tab of the app, and the phone is bound.
import type { Application } from '@countersign/contract/models.ts';
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import { type OidcProvider, startOidcProvider } from '@countersign/testkit/peers/oidc-provider.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { expectAccessible, expectToFit, languages, picturesIn, schemes, sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, lookingAt, openConsole } from '../console.ts';
import { begin, press } from '../onboarding-browser/enrolling.ts';
import { heading, openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { addProvider, clientSecret, people, requiringLogin, vpnOptions } from './providing.ts';

const browser = sharedBrowser();
const picture = picturesIn(import.meta.dirname);
let vpn: Vpn;
let caller: ApiCaller;
let desk: Console;
const peers: OidcProvider[] = [];
/** What the tests of looks have in common. */
let shown: { readonly application: Application; readonly provider: OpenidProvider; readonly link: string };
beforeAll(async () => {
  vpn = await deployVpn(vpnOptions);
  caller = await apiCaller(vpn.installation);
  desk = await openConsole(browser());
  await becomeOwner(desk, vpn.installation);
  const { application } = vpn;
  const { peer, provider } = await addProvider(caller, application);
  peers.push(peer);
  shown = { application, provider, link: await requiringLogin(caller, application) };
});
afterAll(async () => {
  await desk?.close();
  for (const peer of peers) await peer.stop();
  await vpn?.stop();
});

/** On the page of the provider. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await press(page, 'Log in');
}

test('set up with the redirect URI, tested by a real login, required; then a phone is bound by it', async () => {
  const { page } = desk;
  const application = await vpn.addApplication('Staff VPN');
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  await desk.go(`#/applications/${application.id}/openid-providers`);
  await page.getByText('No OpenID provider').waitFor();
  await desk.press('New OpenID provider');
  await page.locator('input[name="name"]').fill('Example login');
  await page.locator('input[name="issuer"]').fill(issuer);
  await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click();
  const redirectUri = await page.getByRole('dialog').locator('code').first().innerText();
  expect(redirectUri).toMatch(new RegExp(`^${vpn.installation.url}/openid/callback/oip_`));
  const order = { issuer, port, clientId: 'countersign', clientSecret, people };
  const peer = await startOidcProvider({ ...order, redirectUris: [redirectUri] });
  peers.push(peer);
  await page.locator('input[name="client_id"]').fill('countersign');
  await page.locator('input[name="client_secret"]').fill(clientSecret);
  await page.getByRole('switch', { name: 'Enabled' }).check();
  await page.locator('.form-actions [type="submit"]').click();
  await page.getByText('Saved').first().waitFor();

  await page.getByRole('button', { name: 'Test: Example login' }).click();
  await page.getByText('Everything works.').waitFor();
  expect(await page.locator('.login-step').allInnerTexts()).toHaveLength(6);
  await desk.press('Prepare a test login');
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Log in at Example login' }).click(),
  ]);
  await logIn(tab, 'alice');
  await tab.getByText('It works: a user would be created').waitFor();
  await tab.getByText('alice@example.org').first().waitFor();
  expect(tab.url()).not.toContain('code=');
  await expectAccessible(tab, 'test login');
  await picture(tab, 'wide/test-login', true);
  await tab.close();
  await page.keyboard.press('Escape');

  const link = await requiringLogin(caller, application);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await press(phone.page, 'Log in at Example login');
  await logIn(phone.page, 'nobody');
  await phone.page.getByText('That login led nowhere').waitFor();
  await press(phone.page, 'Log in at Example login');
  await phone.page.getByLabel('Your name').waitFor();
  // The tab is lost in the middle; the app goes on from its first screen.
  await phone.page.goto(`${vpn.installation.url}/authenticator/`);
  await phone.page.getByRole('link', { name: /Go on binding this device/ }).click();
  await press(phone.page, 'Log in at Example login');
  await logIn(phone.page, 'alice');
  await heading(phone.page, 'This device is bound');
  expect(phone.page.url()).not.toContain('code=');
  expect(phone.complaints).toEqual([]);
  await phone.close();

  await desk.go(`#/applications/${application.id}/onboarding`);
  await page.getByRole('button', { name: /alice/ }).click();
  await page.getByText('OpenID provider “Example login” says that it is “alice” (alice).').waitFor();
  await page.getByText('User “alice” was created from OpenID provider “Example login”.').waitFor();
  await desk.go(`#/applications/${application.id}/openid-providers`);
  await page.getByText('1 user came by it').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('whoever is sent into a login that somebody else began binds nothing, and is told', async () => {
  const { application, provider, link } = shown;
  const mallory = await openPhone(browser());
  await begin(mallory.page, link);
  await press(mallory.page, `Log in at ${provider.name}`);
  await mallory.page.getByLabel('Your name').waitFor();
  const begunUrl = await authorizationUrlOf(mallory.page, provider);
  const victim = await openPhone(browser());
  await victim.page.goto(begunUrl);
  await logIn(victim.page, 'alice');
  await victim.page.getByText('You began somewhere else').waitFor();
  await expectAccessible(victim.page, 'elsewhere');
  await picture(victim.page, 'phone/elsewhere', true);
  const { items } = await caller.call<{ items: readonly object[] }>(
    'GET',
    `/v1/users?application_id=${application.id}`,
  );
  expect(items).toEqual([]);
  const strange = await fetch(`${provider.redirect_uri}?code=x&state=made-up`, { redirect: 'manual' });
  expect(strange.status).toBe(400);
  await Promise.all([mallory.close(), victim.close()]);
});

/** The address that the app of another device was given: it goes back, and asks the process. */
async function authorizationUrlOf(page: Page, { issuer }: OpenidProvider): Promise<string> {
  const sent = page.waitForRequest((request) => request.url().startsWith(`${issuer}/auth?`));
  await page.goBack();
  await press(page, 'Log in at Example login');
  return (await sent).url();
}

test.each(languages)('phone: $language', async ({ language, options }) => {
  const phone = await openPhone(browser(), options);
  const { page } = phone;
  const look = async (name: string): Promise<void> => {
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, name);
      await expectToFit(page, name);
      await picture(page, `phone/${name}-${language}-${colorScheme}`, true);
    }
  };
  await page.goto(shown.link);
  await page.locator('.enrol-list').waitFor();
  await page.locator('.page .button-main[type="submit"]').click();
  await page.locator('.enrol-step').waitFor();
  await look('1-log-in');
  await page.locator('.page .button-main').click();
  await logIn(page, 'nobody');
  await page.locator('.notice').waitFor();
  await look('2-led-nowhere');
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test.each(languages)('console: $language', async ({ language, options }) => {
  const own = await openConsole(browser(), options);
  await becomeOwner(own, vpn.installation, `owner-${language}`);
  const { look, open } = lookingAt(own, language, import.meta.dirname);
  const { page } = own;
  await open(`#/applications/${shown.application.id}/openid-providers`, '.source');
  await look('providers');
  await page.locator('.source .link-like').click();
  await page.locator('dialog form').waitFor();
  await page.locator('dialog summary').click();
  await look('settings');
  await page.keyboard.press('Escape');
  await page.locator('.source-actions button').nth(1).click();
  await page.locator('.try .button-main').click();
  await page.locator('a.button-main[target]').waitFor();
  await look('test');
  await page.goto((await page.locator('a.button-main[target]').getAttribute('href')) ?? '');
  await logIn(page, 'alice');
  await page.locator('.claims').waitFor();
  await look('test-login');
  expect(own.complaints).toEqual([]);
  await own.close();
});
