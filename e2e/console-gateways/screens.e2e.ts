// Every screen of the gateways and the API clients: light and dark, English and German, wide and narrow.
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { expect, test } from 'vitest';
import { languages, sharedBrowser } from '../browser.ts';
import { lookingAt } from '../console.ts';
import { expectFreeradiusToRead } from './freeradius-reads.ts';
import { becomeAdministrator, newServer, openSetup } from '../first-run-browser/new-server.ts';

const browser = sharedBrowser();

test.concurrent.each(languages)('every screen ($language)', async ({ language, options }) => {
  const installation = await newServer();
  const server = await installation.start();
  const console = await openSetup(browser(), installation, options);
  const { page } = console;
  const { look, open, field, main } = lookingAt(console, language, import.meta.dirname);
  const closed = () => page.locator('dialog[open]').waitFor({ state: 'detached' });

  await becomeAdministrator(console, 'passkey', 'olivia');
  await open('#/radius-clients', '.empty');
  await look('clients-none');
  await installation.countersign(['applications', 'create', '--name', 'VPN']);
  await page.reload();
  await page.locator('.page-actions .button-main').waitFor();

  await open('#/home-servers', '.empty');
  await look('home-servers-none');
  for (const [index, name] of ['nps1', 'nps2'].entries()) {
    await page.locator('.page-actions .button-main').click();
    await field('name').fill(name);
    await field('address').fill(`192.0.2.2${index}`);
    await field('shared_secret').fill('a secret that is long enough');
    if (index === 0) {
      await page.locator('.fold summary').click();
      await look('home-server-new');
    }
    await main.click();
    await closed();
  }
  await look('home-servers');

  await open('#/radius-clients', '.page-actions .button-main');
  await page.locator('.page-actions .button-main').click();
  await page.locator('.fold summary').click();
  await main.click();
  await page.locator('.field-fault').first().waitFor();
  await look('client-new');
  await field('name').fill('vpn-berlin');
  await field('network').fill('192.0.2.10');
  await page.locator('input[value="off"]').check();
  await main.click();
  await page.locator('.secret-text').waitFor();
  for (const expected of [1, 2]) {
    await page.locator('.order-add .button').click();
    await page
      .locator('.order-item')
      .nth(expected - 1)
      .waitFor();
  }
  await look('client');
  const item = page.locator('.order-item');
  await item.first().filter({ hasText: 'nps1' }).waitFor();
  await item.first().locator('.icon-button').nth(1).press('Enter');
  await item.first().filter({ hasText: 'nps2' }).waitFor();
  await item.nth(1).dragTo(item.first());
  await item.first().filter({ hasText: 'nps1' }).waitFor();
  const secret = await page.locator('.secret-text').innerText();
  for (const kind of ['openvpn', 'strongswan', 'cisco_asa', 'fortigate', 'pfsense', 'pam_radius']) {
    await page.locator('.setup-kind select').selectOption(kind);
    await page.locator('.snippet code').filter({ hasText: secret }).first().waitFor();
  }
  await page.locator('.setup-kind select').selectOption('freeradius');
  await page.locator('.snippet').first().filter({ hasText: 'proxy.conf' }).waitFor();
  await expectFreeradiusToRead(await page.locator('.snippet code').allInnerTexts(), secret);
  await look('client-setup');
  await open('#/radius-clients', '.table tbody th');
  await look('clients');

  await open('#/api-clients', '.empty');
  await look('api-clients-none');
  await page.locator('.page-actions .button-main').click();
  await field('name').fill('Intranet');
  await page.locator('.choice-card input').nth(5).check();
  await look('api-client-new');
  await main.click();
  await page.locator('dialog .secret-text').waitFor();
  await look('api-client-made');
  const line = await page.locator('dialog .snippet code').last().innerText();
  const { stdout } = await runProgram(['sh', '-c', line]);
  expect(JSON.parse(stdout)).toHaveProperty('access_token');
  await page.keyboard.press('Escape');
  await closed();
  await look('api-clients');
  expect(console.complaints).toEqual([]);
  await console.close();
  await server.terminate();
  installation.remove();
});
