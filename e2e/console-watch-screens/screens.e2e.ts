// Every page of watching, light and dark, English and German, wide and narrow: axe-core finds nothing and nothing sticks out.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages, openBrowser } from '../browser.ts';
import { becomeOwner, lookingAt, oneAfterAnother, openConsole } from '../console.ts';
import { deployVpn, requestOn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([
    deployVpn({ env: { COUNTERSIGN_ACTIVITY_DAYS: '90' } }),
    openBrowser(),
  ]);
  const gateway = await vpn.addGateway({ name: 'vpn-berlin' });
  const { user, phone } = await vpn.addUserWithPhone({ username: 'alice' });
  const logIn = (name: string, password: string) =>
    radclient(gateway, papLogin(name, password, [['Calling-Station-Id', '203.0.113.9']]));
  const answered = async (decision: 'approve' | 'deny' | 'report') => {
    const login = logIn(user.username, user.password);
    await phone.answer(await requestOn(phone), { decision });
    await login;
  };
  for (const decision of ['approve', 'deny', 'approve'] as const) await answered(decision);
  await logIn('nobody-here', 'wrong');
  await logIn(user.username, 'wrong');
  await answered('report');
  await vpn.installation.countersign(['settings', 'set', 'request_seconds', '90']);
  await vpn.installation.countersign(['settings', 'set', 'device_limit', '1']);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const alone = oneAfterAnother();

test.concurrent.each(languages)('every page ($language)', async ({ language, options }) => {
  const console = await openConsole(browser, options);
  const { page } = console;
  const { look, open } = lookingAt(console, language, import.meta.dirname);
  await alone(async () => {
    await becomeOwner(console, vpn.installation, `olivia.${language}`);
  });
  await open('#/', '.chart-bars');
  await page.locator('.activity-short .activity-line').first().waitFor();
  await look('dashboard');
  await page.locator('.bell').click();
  await page.locator('.menu-notices:popover-open').waitFor();
  await look('bell');
  await page.keyboard.press('Escape');
  await open('#/activities', '.activity-line');
  await look('activities');
  await page.locator('.activity-line', { hasText: 'nobody-here' }).click();
  await page.locator('.steps-taken').waitFor();
  await look('activity-open');
  await page.locator('.activity-line .badge-good').first().click();
  await page.locator('.activity-ways .button-plain').first().waitFor();
  await page.locator('.activity-open .activity-ways button').first().click();
  await page.locator('dialog[open] .snippet').first().waitFor();
  await look('evidence');
  await page.keyboard.press('Escape');
  await open(`#/applications/${vpn.application.id}/activities?period=own&status=pending`, '.empty');
  await look('activities-none');
  await open('#/audit', '.audit-line');
  await page.locator('.audit-line').nth(1).click();
  await page.locator('.snippet').first().waitFor();
  await look('audit');
  await open('#/settings', '.setting');
  await page.locator('.settings-legend summary').click();
  await look('settings');
  expect(console.complaints).toEqual([]);
  await console.close();
});
