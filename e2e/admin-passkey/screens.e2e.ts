// Every screen of the shell, light and dark, English and German, wide and narrow: axe-core finds nothing and nothing sticks out.
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages, openBrowser } from '../browser.ts';
import { lookingAt, oneAfterAnother, openConsole, setupLink } from '../console.ts';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';

let installation: ServerInstallation;
let server: ServerProcess;
let browser: Browser;
beforeAll(async () => {
  installation = await newInstallation();
  [server, browser] = await Promise.all([installation.start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.terminate();
  installation?.remove();
});

const alone = oneAfterAnother();

test.concurrent.each(languages)('every screen ($language)', async ({ language, options }) => {
  const console = await openConsole(browser, options);
  const { page } = console;
  const { picture, look, open, main } = lookingAt(console, language, import.meta.dirname);
  await addVirtualAuthenticator(page);

  await page.goto(`${installation.url}/console/`);
  await page.locator('input[name="username"]').waitFor();
  await look('sign-in');
  await page.locator('input[name="username"]').fill('nobody');
  await page.locator('input[name="password"]').fill('not the password');
  await main.click();
  await page.locator('.notice').waitFor();
  await look('sign-in-refused');

  await page.goto(`${installation.url}/console/#/setup/csu_wrong`);
  await page.reload();
  await page.locator('.door-main .button').waitFor();
  await look('setup-refused');
  await alone(async () => {
    await page.goto(await setupLink(installation));
    await page.locator('input[name="username"]').fill(`olivia.${language}`);
    await look('setup');
    await page.locator('input[value="password"]').check();
    await page.locator('input[name="password"]').fill('aaaaaaaaaaaaaaaaaa');
    await look('setup-password');
    await page.locator('input[value="passkey"]').check();
    await main.click();
    await page.locator('.frame').waitFor();
  });
  await open('#/applications', '.empty, .table tbody th');
  await look('applications');
  await page.locator('.page-actions .button-main').click();
  await page.locator('dialog[open]').waitFor();
  await main.click();
  await page.locator('.field-fault').waitFor();
  await look('application-new');
  await page.locator('dialog input[name="name"]').fill(`VPN ${language}`);
  await main.click();
  await page.locator('.page-actions a[href$="/settings"]').click();
  await page.locator('input[name="request_seconds"]').waitFor();
  await look('application');
  await page.locator('.hint-button').first().click();
  await page.locator('.hint-text:popover-open').first().waitFor();
  await look('hint');
  await page.keyboard.press('Escape');
  await page.locator('.account-button').click();
  await page.locator('.menu-account:popover-open').waitFor();
  await look('account-menu');
  await page.keyboard.press('Escape');
  await page.locator('.section .button', { hasText: /Delete|löschen/ }).click();
  await page.locator('dialog[open]').waitFor();
  await look('application-delete');
  await page.keyboard.press('Escape');
  await open('#/applications', '.table tbody th');
  await look('applications-some');

  await open('#/administrators', '.table tbody th');
  await page.locator('.page-actions .button-main').click();
  await page.locator('dialog input[name="username"]').fill(`ivan.${language}`);
  await look('invite');
  await main.click();
  await page.locator('.secret').waitFor();
  await look('invited');
  await page.keyboard.press('Escape');
  await look('administrators');
  await page.locator('tbody a', { hasText: `ivan.${language}` }).click();
  await page.locator('.facts').waitFor();
  await look('administrator');
  await open('#/your-sign-in', '.table tbody th');
  await look('your-sign-in');
  await open('#/nothing-here', 'h1');
  await look('unknown');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator('.top-menu').click();
  await page.locator('.frame-menu').waitFor();
  await picture(page, `narrow/menu-${language}`);
  await page.locator('.side-leave').click();
  await page.locator('input[name="username"]').waitFor();
  expect(console.complaints).toEqual([]);
  await console.close();
});
