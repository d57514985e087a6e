// Every page about applications, users and teams, light and dark, English and German, wide and narrow: axe-core finds nothing and nothing sticks
// out, also at twice the size.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUsers, apiCaller } from '../api-caller.ts';
import { expectToFit, languages, openBrowser, picturesIn } from '../browser.ts';
import { becomeOwner, lookAt, openConsole } from '../console.ts';
import { deployVpn, type Gateway, requestOn, type Vpn, type VpnUser } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let alice: VpnUser;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  gateway = await vpn.addGateway({ name: 'vpn-berlin' });
  const home = await vpn.addHomeServer('NPS Berlin', {
    address: '127.0.0.1',
    port: 1,
    secret: 'x'.repeat(16),
  });
  for (const [name, ...options] of [
    ['vpn-paris', '--home-server', home.id],
    ['wlan', '--home-server', home.id, '--number-matching'],
    ['printers', '--home-server', home.id, '--relay'],
  ] as const)
    await vpn.addGateway({ name, options });
  await addUsers(await apiCaller(vpn.installation), vpn.application.id, 60);
  const added = await vpn.addUserWithPhone({
    username: 'alice',
    options: ['--full-name', 'Alice Adams', '--email', 'alice@example.org', '--team', 'Finance'],
  });
  alice = added.user;
  const from = ['Calling-Station-Id', '203.0.113.9'] as const;
  const login = radclient(gateway, papLogin('alice', alice.password, [from]));
  await added.phone.answer(await requestOn(added.phone), { decision: 'approve' });
  expect((await login).code).toBe('Access-Accept');
  await radclient(gateway, papLogin('alice', 'wrong', [from]));
  const reported = radclient(gateway, papLogin('alice', alice.password, [from]));
  await added.phone.answer(await requestOn(added.phone), { decision: 'report' });
  await reported;
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const picture = picturesIn(import.meta.dirname);
test.each(languages)('every page ($language)', async ({ language, options }) => {
  const console = await openConsole(browser, options);
  const { page } = console;
  await becomeOwner(console, vpn.installation, `olivia.${language}`);
  const look = async (name: string) => {
    await lookAt(page, `${name}-${language}`, picture);
    // What is below the fold, once.
    if (language === 'en') await picture(page, `whole/${name}`, true);
  };
  const app = `#/applications/${vpn.application.id}`;
  const open = async (hash: string, ready: string) => {
    await console.go(hash);
    await page.locator(ready).first().waitFor();
  };
  const closeDialog = () => page.keyboard.press('Escape');

  await open('#/applications', '.table tbody th');
  await page.getByText('61', { exact: true }).waitFor();
  await look('applications');
  await open('#/users', '.table tbody th');
  await look('users-of-all');
  await open(app, '.chart');
  await page.locator('.way-drawing, .way-list').first().waitFor();
  await look('application');
  await open(`${app}/settings`, '.phone');
  await look('application-settings');
  await open(`${app}/users`, '.table tbody th');
  await page.locator('.table thead input').check();
  await look('users');
  await page.locator('.selection-actions .button').last().click();
  await page.locator('dialog[open]').waitFor();
  await look('users-delete');
  await closeDialog();
  await page.locator('.page-actions .button-main').click();
  await page.locator('dialog summary').click();
  await page.locator('dialog input[name="full_name"]').waitFor();
  await page.locator('dialog [type="submit"]').click();
  await page.locator('.field-fault').waitFor();
  await look('user-new');
  await closeDialog();
  await open(`${app}/users?held=true&search=nobody`, '.empty');
  await look('users-nothing');
  await open(`${app}/teams`, '.switch');
  const asked = page.locator('.switch').first();
  // The first to look switches it on, the second finds it so.
  if (!(await asked.isChecked())) await asked.click();
  await expect
    .poll(() => vpn.installation.json(['teams', 'list', vpn.application.name]))
    .toMatchObject({ items: [{ name: 'Finance', member_count: 1, second_factor_required: true }] });
  await look('teams');
  await page.locator('.table tbody td a').click();
  await page.locator('.table tbody th', { hasText: 'alice' }).waitFor();
  expect(await page.locator('.table tbody tr').count()).toBe(1);
  await open(`${app}/users/${alice.id}`, '.logins');
  await page.locator('.table tbody th').first().waitFor();
  await look('user');
  if (language === 'de') {
    await page.setViewportSize({ width: 640, height: 430 });
    await expectToFit(page, 'user at 200 %');
    await picture(page, 'stretched/user-200');
    await page.setViewportSize({ width: 1280, height: 860 });
  }
  await page.locator('.section .button', { hasText: /Make a link|Link erstellen/ }).click();
  await page.locator('dialog [type="submit"]').click();
  await page.locator('dialog .secret-text').waitFor();
  await look('user-link');
  await closeDialog();
  expect(console.complaints).toEqual([]);
  await console.close();
});

test('without anything there, each page says what to do next', async () => {
  const console = await openConsole(browser);
  await becomeOwner(console, vpn.installation, 'olivia.empty');
  const empty = await vpn.addApplication('Empty');
  await console.go(`#/applications/${empty.id}`);
  await console.page.locator('.empty').nth(1).waitFor();
  await lookAt(console.page, 'application-empty-en', picture);
  await console.go(`#/applications/${empty.id}/users`);
  await console.page.getByText('No user yet').waitFor();
  await lookAt(console.page, 'users-empty-en', picture);
  await console.go(`#/applications/${empty.id}/teams`);
  await console.page.getByText('No team yet').waitFor();
  await lookAt(console.page, 'teams-empty-en', picture);
  const user = await vpn.addUser({ application: empty.id, username: 'bob' });
  await console.go(`#/users/${user.id}`);
  await console.heading('bob');
  await console.page.getByText('No login yet').waitFor();
  await lookAt(console.page, 'user-fresh-en', picture);
  await console.close();
});
