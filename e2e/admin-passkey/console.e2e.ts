// The console's own way in, through its screens: setup, passkeys, an invitation, password and phone, sessions that end, proofs.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { firstLoad, focusedText, openBrowser, picturesIn } from '../browser.ts';
import { becomeOwner, type Console, openConsole, setupLink } from '../console.ts';
import { addVirtualAuthenticator, type VirtualAuthenticator } from '../virtual-authenticator.ts';
import { deployVpn, requestOn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
/** The first owner; the tests come one after the other. */
let olivia: Console;
let passkey: VirtualAuthenticator;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  olivia = await openConsole(browser);
  passkey = await becomeOwner(olivia, vpn.installation);
});
afterAll(async () => {
  expect(olivia?.complaints).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

const picture = picturesIn(import.meta.dirname);
const password = 'lantern orchid violin';
const submit = (page: Page) => page.locator('.form-actions [type="submit"]');

const openSettings = ({ page }: Console): Promise<void> =>
  page.locator('.page-actions').getByRole('link', { name: 'Settings' }).click();

async function another(): Promise<Console> {
  const opened = await openConsole(browser);
  onTestFinished(async () => {
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });
  return opened;
}

async function signInByPassword({ page }: Console, username: string): Promise<void> {
  await page.goto(`${vpn.installation.url}/`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

test('the first owner came in with a passkey; the bare address leads into the console, and the link works once', async () => {
  await olivia.heading('First run');
  await olivia.go('#/');
  await olivia.heading('Dashboard');
  expect(olivia.page.url()).toBe(`${vpn.installation.url}/console/#/`);
  const visitor = await another();
  const link = await setupLink(vpn.installation);
  await visitor.page.goto(link.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')));
  await visitor.heading('This link is not valid');
});

test('a passkey that verifies nobody is refused, one that does is all that is needed', async () => {
  await olivia.press('Log out');
  await olivia.heading('Sign in');
  await passkey.setVerified(false);
  await olivia.press('Sign in with a passkey');
  await olivia.page.locator('.notice').waitFor();
  await passkey.setVerified(true);
  await olivia.press('Sign in with a passkey');
  await olivia.heading('Dashboard');
});

test('somebody who is invited chooses a password, and is let in to nothing else without a second factor', async () => {
  const { page } = olivia;
  await olivia.go('#/administrators');
  await olivia.press('Invite');
  await page.getByLabel('User name').fill('ivan');
  await page.getByLabel('Helpdesk').check();
  await submit(page).click();
  const link = await page.locator('.secret-text').innerText();
  await olivia.press('Done');

  const ivan = await another();
  await ivan.page.goto(link);
  await ivan.heading('Welcome');
  await ivan.page.getByLabel('With a password').check();
  await ivan.page.getByLabel('New password').fill('password password');
  await submit(ivan.page).click();
  await ivan.page.locator('.field-fault', { hasText: 'common passwords' }).waitFor();
  await ivan.page.getByLabel('New password').fill(password);
  await submit(ivan.page).click();
  await ivan.heading('Dashboard');
  // Helpdesk sees no administrators.
  await ivan.go('#/administrators');
  await ivan.heading('This is not for your role');
  // The password alone would let ivan in to nothing.
  await ivan.press('Log out');
  await ivan.press('Add one now');
  await ivan.heading('Your sign-in');
  await ivan.press('Log out');
  await ivan.press('Log out anyway');
  await ivan.heading('Sign in');

  await signInByPassword(ivan, 'ivan');
  await ivan.heading('Add a second factor');
  await picture(ivan.page, 'wide/enrol');
  const key = await addVirtualAuthenticator(ivan.page);
  await key.setPresent(false);
  await ivan.press('Make a passkey and go on');
  await ivan.page.getByText('Confirm on your device …').waitFor();
  await ivan.press('Cancel');
  await ivan.page.getByRole('button', { name: 'Make a passkey and go on', disabled: false }).waitFor();
  expect(await ivan.page.locator('.notice').count()).toBe(0);
  await key.setPresent(true);
  await ivan.press('Make a passkey and go on');
  await ivan.heading('Dashboard');
  await ivan.press('Log out');
  await ivan.heading('Sign in');
  await signInByPassword(ivan, 'ivan');
  await ivan.heading('One more step');
  await ivan.press('Use your passkey');
  await ivan.heading('Dashboard');
  expect((await key.signCounts()).length).toBe(1);
});

test('a passkey is called after where it was made, and renamed', async () => {
  const { page } = olivia;
  await olivia.go('#/your-sign-in');
  await page.getByRole('button', { name: /^Rename .+ on / }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Work laptop');
  await submit(page).click();
  await page.getByText('Work laptop').waitFor();
  await picture(page, 'wide/passkey-renamed');
  await olivia.go('#/audit');
  await page.getByText(/olivia renamed their passkey .+ to Work laptop/).waitFor();
  await picture(page, 'wide/audit');
});

test('a phone approves signing in by the number that the console shows', async () => {
  const { user, phone } = await vpn.addUserWithPhone({ username: 'olivia.phone' });
  const { page } = olivia;
  await olivia.go('#/your-sign-in');
  await olivia.press('Choose your user');
  await page.getByLabel('Part of your user name there').fill('olivia.ph');
  await page.getByRole('button', { name: 'That is me' }).click();
  await page.getByText(`${user.username} in VPN approves`).waitFor();
  await olivia.press('Set a password');
  await page.getByLabel('New password').fill(password);
  await submit(page).click();
  await page.getByText('You have a password.').waitFor();

  const other = await another();
  await signInByPassword(other, 'olivia');
  await other.heading('One more step');
  await other.press('Ask on your phone');
  const request = await requestOn(phone);
  const number = await other.page.locator('.phone-number').innerText();
  await picture(other.page, 'wide/phone');
  await phone.answer(request, { decision: 'approve', number });
  await other.heading('Dashboard');
  // It is no login, and told apart from one.
  await other.go('#/activities');
  const line = other.page.locator('.activity-line', { hasText: 'olivia.phone' });
  await line.getByText('Console sign-in').waitFor();
  await other.page.getByLabel('Kind').selectOption('login');
  await line.waitFor({ state: 'detached' });
  await other.page.getByLabel('Kind').selectOption('console_sign_in');
  await line.waitFor();
  // Seen from the first browser, and ended there.
  await page.reload();
  await page
    .locator('.section', { hasText: 'Browsers in which' })
    .getByRole('button', { name: /End the session/ })
    .click();
  await page.getByText('The session has ended').waitFor();
});

test('a session that has ended is renewed over the page, and what was typed is still there', async () => {
  const { page } = olivia;
  await olivia.go('#/applications');
  await page.getByRole('link', { name: 'VPN', exact: true }).click();
  await openSettings(olivia);
  await page.getByLabel('Time to answer', { exact: true }).fill('90');
  await page.context().clearCookies();
  await olivia.press('Save');
  await page.getByText('Your session has ended.').waitFor();
  await picture(page, 'wide/session-over');
  // Nobody reads the page meanwhile.
  expect(await page.locator('.behind :is(h1, input, .side-link)').filter({ visible: true }).count()).toBe(0);
  await olivia.press('Sign in with a passkey');
  await page.getByText('Saved').waitFor();
  expect(await page.getByLabel('Time to answer', { exact: true }).inputValue()).toBe('90');
});

test('another tab of the browser follows: out, in again, and to somebody else, of whom it shows nothing old', async () => {
  const { page } = olivia;
  const tab = await page.context().newPage();
  onTestFinished(() => tab.close());
  const tabShows = (heading: string) => tab.getByRole('heading', { level: 1, name: heading }).waitFor();
  await tab.goto(`${vpn.installation.url}/console/#/applications`);
  await tabShows('Applications');
  // Unsaved input must not keep the page of whoever has left.
  await tab.getByRole('link', { name: 'VPN', exact: true }).click();
  await tab.locator('.page-actions').getByRole('link', { name: 'Settings' }).click();
  await tab.getByLabel('Time to answer', { exact: true }).fill('77');
  await olivia.press('Log out');
  await olivia.heading('Sign in');
  await tabShows('Sign in');
  await olivia.press('Sign in with a passkey');
  await olivia.heading('Dashboard');
  await tabShows('Settings');
  expect(await tab.getByLabel('Time to answer', { exact: true }).inputValue()).toBe('90');

  await tab.goto(await setupLink(vpn.installation));
  await tab.getByLabel('User name', { exact: true }).fill('oscar');
  await tab.getByLabel('With a password').check();
  await tab.getByLabel('New password').fill(password);
  await submit(tab).click();
  await tabShows('First run');
  await page.locator('.account-name', { hasText: 'oscar' }).waitFor();
  await olivia.press('Log out');
  await olivia.press('Log out anyway');
  await olivia.heading('Sign in');
  await olivia.press('Sign in with a passkey');
  await olivia.heading('Dashboard');
});

test('what destroys wants a fresh proof first, and then goes on', async () => {
  const { page } = olivia;
  // As five minutes later.
  let isFirst = true;
  await page.route('**/v1/applications/*', (route) => {
    if (route.request().method() !== 'DELETE' || !isFirst) return route.continue();
    isFirst = false;
    const problem = { type: '', title: '', status: 403, code: 'step_up_required' };
    return route.fulfill({ status: 403, contentType: 'application/problem+json', json: problem });
  });
  await olivia.go('#/applications');
  await olivia.press('New application');
  await page.getByLabel('Name', { exact: true }).fill('Short-lived');
  await page.locator('dialog').getByRole('button', { name: 'New application' }).click();
  await olivia.heading('Short-lived');
  await openSettings(olivia);
  await olivia.press('Delete application');
  const confirm = page.locator('dialog').getByRole('button', { name: 'Delete application' });
  expect(await confirm.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel('Type Short-lived to confirm').fill('Short-lived');
  await confirm.click();
  await page.getByText('Is it still you?').waitFor();
  await picture(page, 'wide/proof');
  await olivia.press('Use your passkey');
  await olivia.heading('Applications');
  await page.getByText('Short-lived is deleted').waitFor();
});

test('with the keyboard alone: into the console, to an application, a change, and out', async () => {
  const keys = await another();
  const { page } = keys;
  const press = (key: string) => page.keyboard.press(key);
  const tabTo = async (text: string) => {
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await press('Tab');
      if ((await focusedText(page)).includes(text)) return;
    }
    throw new Error(`the keyboard does not reach “${text}”`);
  };
  await page.goto(await setupLink(vpn.installation));
  await addVirtualAuthenticator(page);
  await keys.heading('Set up this server');
  expect(await focusedText(page)).toBe('Set up this server');
  await tabTo('About');
  await page.getByLabel('User name', { exact: true }).press('Enter');
  await page.locator('.field-fault').waitFor();
  expect(await page.evaluate('document.activeElement.name')).toBe('username');
  await page.keyboard.type('kim');
  await press('Enter');
  await keys.heading('First run');
  await keys.go('#/applications');
  await keys.heading('Applications');
  await tabTo('Skip to the content');
  await press('Enter');
  await tabTo('VPN');
  await press('Enter');
  await keys.heading('VPN');
  expect(await focusedText(page)).toBe('VPN');
  await tabTo('Settings');
  await press('Enter');
  await page.getByLabel('Time to answer', { exact: true }).focus();
  await press('Control+a');
  await page.keyboard.type('45');
  await tabTo('Save');
  await press('Enter');
  await page.getByText('Saved').waitFor();
  await tabTo('Log out');
  await press('Enter');
  await keys.heading('Sign in');
});

test('what is loaded first is small', () => {
  expect(firstLoad('console').bytes).toBeLessThan(300_000);
});
