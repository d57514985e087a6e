// One user in the console: made by keyboard alone, bound by the link that is shown, understood when a login fails, and released.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { focusedText, openBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let olivia: Console;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  gateway = await vpn.addGateway({ name: 'vpn-berlin' });
  olivia = await openConsole(browser);
  await becomeOwner(olivia, vpn.installation);
});
afterAll(async () => {
  expect(olivia?.complaints ?? []).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let tries = 0; (await focusedText(page)) !== name; tries += 1) {
    if (tries > 60) throw new Error(`${name} cannot be reached with the Tab key`);
    await page.keyboard.press('Tab');
  }
};

const openUser = async (id: string, name: string): Promise<void> => {
  await olivia.go(`#/applications/${vpn.application.id}/users/${id}`);
  await olivia.heading(name);
};

test('users of all applications: named by theirs, narrowed to one, made in one', async () => {
  const { page } = olivia;
  const other = await vpn.addApplication('WLAN');
  await vpn.addUser({ username: 'zoe' });
  await olivia.go('#/applications');
  await page.locator('.side').getByRole('link', { name: 'Users', exact: true }).click();
  await olivia.heading('Users');
  await page.getByRole('row', { name: /zoe .* VPN/ }).waitFor();
  await page.getByLabel('Application').selectOption('WLAN');
  await page.getByText('Nothing matches').waitFor();
  await olivia.press('New user');
  await page.locator('dialog input[name="username"]').fill('zoe');
  await page.locator('dialog input[name="password"]').fill('long enough for zoe');
  await olivia.press('Create user');
  await olivia.heading('zoe');
  await page.locator('.crumbs').getByRole('link', { name: 'WLAN' }).waitFor();
  await olivia.go('#/applications');
  await page.getByRole('row', { name: /WLAN/ }).getByRole('link', { name: '1', exact: true }).waitFor();
  await page.getByRole('row', { name: /WLAN/ }).getByRole('link', { name: '0', exact: true }).click();
  await olivia.heading('RADIUS clients');
  await page.getByText('Nothing matches').waitFor();
  expect(await page.getByLabel('Application').inputValue()).toBe(other.id);
});

test('by keyboard alone: a user is created, and gets an onboarding link with which a phone is bound', async () => {
  const { page } = olivia;
  const { keyboard } = page;
  await olivia.go(`#/applications/${vpn.application.id}/users`);
  await olivia.heading('Users');
  await tabTo(page, 'New user');
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  // The dialog begins in its first field.
  expect(await page.evaluate<boolean>('document.activeElement?.name === "username"')).toBe(true);
  await keyboard.type('alice');
  const typeIn = async (field: string, text: string): Promise<void> => {
    for (let tries = 0; tries < 30; tries += 1) {
      if (await page.evaluate<boolean>(`document.activeElement?.name === '${field}'`)) break;
      await keyboard.press('Tab');
    }
    await keyboard.type(text);
  };
  await typeIn('full_name', 'Alice Adams');
  await typeIn('phone', '+49 170 123-4567');
  await tabTo(page, 'Teams, limit of devices and more');
  await keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Teams' }).waitFor();
  await typeIn('teams', 'Finance,Berlin');
  await keyboard.press('Enter');
  await tabTo(page, 'Create user');
  await keyboard.press('Enter');
  await olivia.heading('alice');
  const user = await vpn.installation.json<{ items: readonly object[] }>([
    'users',
    'list',
    '--search',
    'alice',
  ]);
  expect(user.items).toMatchObject([
    { username: 'alice', full_name: 'Alice Adams', phone: '+491701234567', teams: ['Berlin', 'Finance'] },
  ]);

  await tabTo(page, 'Make a link');
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, 'Make a link');
  await keyboard.press('Enter');
  await page.locator('.secret-text').waitFor();
  const phone = await SoftAuthenticator.create({ name: 'Alice’s phone' });
  await phone.onboard(await page.locator('.secret-text').innerText());
  await tabTo(page, 'Done');
  await keyboard.press('Enter');
  await page
    .getByText('Can be used')
    .or(page.getByText('Used', { exact: true }))
    .first()
    .waitFor();
});

test('a failed login is told in a sentence with what to do; “it was not me” is shown, and released', async () => {
  const { user, phone } = await vpn.addUserWithPhone();
  const from = ['Calling-Station-Id', '203.0.113.9'] as const;
  await radclient(gateway, papLogin(user.username, 'not the password', [from]));
  await openUser(user.id, user.username);
  await olivia.page.getByText('Refused at vpn-berlin from 203.0.113.9: The password was wrong.').waitFor();
  await olivia.page.getByText('If the user is sure of it, check the shared secret').waitFor();

  const login = radclient(gateway, papLogin(user.username, user.password, [from]));
  await phone.answer(await requestOn(phone), { decision: 'report' });
  expect((await login).code).toBe('Access-Reject');
  await olivia.go('#/applications');
  await olivia.heading('Applications');
  await openUser(user.id, user.username);
  await olivia.press('Look again');
  await olivia.page.getByText('Requests are held, since this user said').waitFor();
  await olivia.press('Release requests');
  await olivia.page.getByText('Requests were released since').waitFor();
  expect(await focusedText(olivia.page)).toBe(user.username);
  await olivia.page.getByText('Ready', { exact: true }).waitFor();
  const [device] = await vpn.devicesOf(user);
  await olivia.press(`Revoke ${device!.name}`);
  await olivia.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await olivia.page.getByText('No device yet').first().waitFor();
});

test('fields are changed, a password is set and removed, and the user is deleted after the name was typed', async () => {
  const { page } = olivia;
  const user = await vpn.addUser();
  await openUser(user.id, user.username);
  await page.getByRole('textbox', { name: 'E-mail' }).fill('nowhere');
  await olivia.press('Save');
  await page.getByText('An address such as alice@example.org.').waitFor();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('someone@example.org');
  await page.getByRole('textbox', { name: 'Limit of devices' }).fill('3');
  await olivia.press('Save');
  await page.getByText('Saved').first().waitFor();
  await page.getByRole('textbox', { name: 'Limit of devices' }).fill('');
  await olivia.press('Save');
  await expect
    .poll(() => vpn.installation.json(['users', 'show', user.id]))
    .toMatchObject({ email: 'someone@example.org', device_limit: null });
  await olivia.press('Remove password');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove password' }).click();
  await olivia.press('Set password');
  // By the keyboard alone: the dialog begins in its field.
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('lantern orchid violin');
  await page.keyboard.press('Enter');
  await olivia.press('Change password');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  const login = await radclient(gateway, papLogin(user.username, 'lantern orchid violin'));
  expect(login.code).toBe('Access-Reject');
  expect(await vpn.lastActivity(user.username)).toMatchObject({ reason: 'no_device' });
  await olivia.press('Delete user');
  await page.getByLabel(`Type ${user.username} to confirm`).fill(user.username);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete user' }).click();
  await olivia.heading('Users');
});

/** One red point. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

test('a logo is uploaded, seen on the drawn phone and removed; what is no image is refused', async () => {
  const { page } = olivia;
  await olivia.go(`#/applications/${vpn.application.id}/settings`);
  await olivia.heading('Settings');
  const choose = page.getByLabel('Choose a logo');
  await choose.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
  await page.getByText('Not a whole PNG, JPEG or WebP').or(page.locator('.images .notice')).first().waitFor();
  await choose.setInputFiles({ name: 'logo.gif', mimeType: 'image/gif', buffer: png });
  await page.getByText('A PNG, JPEG or WebP file, please').waitFor();
  await choose.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: png });
  await page.locator('.phone-screen img.avatar-logo').waitFor();
  const natural = 'document.querySelector(".phone-screen img.avatar-logo").naturalWidth';
  await expect.poll(() => page.evaluate<number>(natural)).toBe(1);
  await olivia.press('Remove the logo');
  await page.locator('.phone-screen .avatar').waitFor();
});
