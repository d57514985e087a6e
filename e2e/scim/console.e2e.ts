// An administrator makes a SCIM token in the console, pushes with it, and deletes it; every screen of it in both languages.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { looks, openBrowser, picturesIn } from '../browser.ts';
import { becomeOwner, lookAt, openConsole } from '../console.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const picture = picturesIn(import.meta.dirname);
test.each(looks)('provisioning ($language, $scheme)', async ({ language, scheme }) => {
  const locale = language === 'en' ? 'en-GB' : 'de-DE';
  const console = await openConsole(browser, { locale, colorScheme: scheme });
  const { page } = console;
  const look = (name: string) => lookAt(page, `${name}-${language}-${scheme}`, picture);
  const submit = page.locator('.form-actions [type="submit"]');
  await becomeOwner(console, vpn.installation, `olivia.${language}.${scheme}`);
  await console.go(`#/applications/${vpn.application.id}/provisioning`);
  await page.locator('.empty').waitFor();
  await look('none');
  await page.locator('.page-actions .button-main').click();
  await page.locator('input[name="name"]').fill('Entra ID');
  await look('new');
  await submit.click();
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
  await page.locator('dialog .button-warn, dialog .button-main').last().click();
  await page.locator('.empty').waitFor();
  expect(await users()).toBe(401);
  expect(console.complaints).toEqual([]);
  await console.close();
});
