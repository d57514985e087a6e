// An administrator makes a SCIM token in the console, pushes with it, and deletes it; every screen of it in both languages.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages, sharedBrowser } from '../browser.ts';
import { becomeOwner, lookingAt, openConsole } from '../console.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const browser = sharedBrowser();
let vpn: Vpn;
beforeAll(async () => {
  vpn = await deployVpn();
});
afterAll(async () => {
  await vpn?.stop();
});

test.each(languages)('provisioning ($language)', async ({ language, options }) => {
  const console = await openConsole(browser(), options);
  const { page } = console;
  const { look, open, field, main } = lookingAt(console, language, import.meta.dirname);
  await becomeOwner(console, vpn.installation, `olivia.${language}`);
  await open(`#/applications/${vpn.application.id}/provisioning`, '.empty');
  await look('none');
  await page.locator('.empty-actions .button-main').click();
  await field('name').fill('Entra ID');
  await look('new');
  await main.click();
  const token = page.locator('dialog .secret-text');
  await token.waitFor();
  await look('made');
  const base = await page.locator('dialog .snippet code').first().innerText();
  const users = () =>
    fetch(`${base}/Users`, { headers: { authorization: `Bearer ${secret}` } }).then(({ status }) => status);
  const secret = await token.innerText();
  expect(await users()).toBe(200);
  await page.keyboard.press('Escape');
  await page.locator('.table tbody th').waitFor();
  await page.reload();
  await page.locator('.table tbody th').waitFor();
  await look('tokens');
  await page.locator('.table .button-warn').click();
  await page.locator('dialog .button-bad').click();
  await page.locator('.empty').waitFor();
  expect(await users()).toBe(401);
  expect(console.complaints).toEqual([]);
  await console.close();
});
