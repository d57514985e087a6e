// Every screen of the first run: light and dark, English and German, wide and narrow.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { looks, openBrowser, picturesIn } from '../browser.ts';
import { lookAt } from '../console.ts';
import { heading, openPhone } from '../phone-onboarding/phone.ts';
import { becomeAdministrator, newServer, openSetup } from './new-server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const picture = picturesIn(import.meta.dirname);
test.concurrent.each(looks)('every screen ($language, $scheme)', async ({ language, scheme }) => {
  const installation = await newServer();
  const server = await installation.start();
  const options = { locale: language === 'en' ? 'en-GB' : 'de-DE', colorScheme: scheme };
  const console = await openSetup(browser, installation, options);
  const phone = await openPhone(browser, { deviceScaleFactor: 1 });
  const { page } = console;
  const look = (name: string) => lookAt(page, `${name}-${language}-${scheme}`, picture);
  const field = (name: string) => page.locator(`input[name="${name}"]`);
  const main = page.locator('.form-actions [type="submit"]');
  const onward = page.locator('.first-step a.button-main');

  await becomeAdministrator(console, 'passkey', 'olivia');
  await look('first-1-application');
  await field('name').fill('VPN');
  await main.click();
  await page.locator('input[value="elsewhere"]').check();
  await look('first-2-client');
  await page.locator('input[value="here"]').check();
  await main.click();
  await page.locator('.secret-text').waitFor();
  await look('first-2-client-made');
  await onward.click();
  await field('username').fill('alice');
  await page.locator('input[value="home_server"]').check();
  await look('first-3-user-home-server');
  await page.locator('input[value="here"]').check();
  await field('password').fill('one for alice');
  await main.click();
  await page.locator('.first-step .button-main').click();
  await page.locator('.first-waiting').waitFor();
  await look('first-4-phone');
  await phone.bind((await page.locator('.first-step a.button-main').getAttribute('href')) ?? '');
  await page.locator('.step-done').waitFor();
  await look('first-4-bound');
  await onward.click();
  await main.waitFor();
  await look('first-5-login');
  await main.click();
  await page.locator('.login-step').nth(4).waitFor();
  await look('first-5-waits');
  await phone.request();
  await phone.deny();
  await page.locator('.notice').waitFor();
  await look('first-5-denied');
  await page.locator('.try .button-plain').click();
  await heading(phone.page, 'Denied');
  await phone.page.locator('.button-main').last().click();
  await main.click();
  await phone.request();
  await phone.approve();
  await page.locator('.let-in').waitFor();
  await page.locator('.login-step').nth(5).waitFor();
  await page.locator('.fold summary').click();
  await look('first-5-let-in');
  expect([...console.complaints, ...phone.complaints]).toEqual([]);
  await Promise.all([console.close(), phone.close()]);
  await server.terminate();
  installation.remove();
});
