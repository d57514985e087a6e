// Every screen of the authenticator, light and dark, in both languages: without any violation that axe-core finds, within the width of
// the phone also with text of twice the size, and from right to left; and pictures of all of them, to be looked at.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, expectToFit, letPass, openBrowser, someLooks } from '../browser.ts';
import { deployVpn, type Gateway, type Vpn } from '../vpn.ts';
import { openPhone, picture } from './phone.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let numbers: Gateway;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  [gateway, numbers] = await Promise.all([
    vpn.addGateway({ name: 'vpn-berlin' }),
    vpn.addGateway({ options: ['--number-matching'] }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const code = 'JBSWY3DPEHPK3PXP';

/** How a request ended leaves after three seconds: too soon for all that is looked at. Without a network no server corrects the clock. */
async function holdTime(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await page.evaluate('{ const at = Date.now(); window.realNow = Date.now; Date.now = () => at; }');
}

async function letTimeGoOn(page: Page): Promise<void> {
  await page.evaluate('Date.now = window.realNow');
  await page.context().setOffline(false);
}

test.concurrent.each(someLooks)(
  'every screen ($language, $scheme)',
  async ({ language, scheme, options }) => {
    const user = await vpn.addUser({
      username: `a.adams.${language}.${scheme}`,
      options: ['--full-name', 'Alice Adams'],
    });
    const link = await vpn.onboardingLink(user);
    const phone = await openPhone(browser, {
      ...options,
      deviceScaleFactor: 1,
    });
    const { page } = phone;
    const main = page.locator('.button-main').last();

    const look = async (name: string) => {
      const what = `${name}-${language}-${scheme}`;
      await expectAccessible(page, what);
      await expectToFit(page, what);
      await picture(page, `phone/${what}`);
      if (language === 'de') return;
      await page.setViewportSize({ width: 1280, height: 800 });
      await picture(page, `wide/${what}`);
      await page.setViewportSize({ width: 390, height: 844 });
    };
    const open = async (screen: string) => {
      await page.evaluate(`location.hash = '#/${screen}'`);
      await page.locator('h1').waitFor();
    };
    /** As somebody who zooms in to twice the size, and as somebody who reads from right to left. */
    const stretch = async (name: string) => {
      if (language !== 'de' || scheme !== 'light') return;
      await page.setViewportSize({ width: 195, height: 422 });
      await expectToFit(page, `${name} at 200 %`);
      await picture(page, `stretched/${name}-200`);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.evaluate('document.documentElement.dir = "rtl"');
      await expectToFit(page, `${name} from right to left`);
      await picture(page, `stretched/${name}-rtl`);
      await page.evaluate('document.documentElement.dir = "ltr"');
    };

    await page.goto(`${vpn.installation.url}/authenticator/`);
    await main.waitFor();
    await look('accounts-empty');
    for (const screen of ['codes', 'history']) {
      await open(screen);
      await page.locator('.empty').waitFor();
      await look(`${screen}-empty`);
    }
    await open('add');
    await look('add');
    await page.locator('form input').fill('https://mfa.example.org/onboard#cso_');
    await main.click();
    await page.locator('.notice').waitFor();
    await look('add-not-understood');
    await open('scan');
    await page.locator('.notice').waitFor();
    await look('scan-no-camera');

    await page.goto(link);
    await page.locator('.whom').waitFor();
    await look('bind');
    await stretch('bind');
    await main.click();
    await page.locator('.outcome-sign').waitFor();
    await look('bound');
    await main.click();
    await page.locator('.state-connected').waitFor();
    await look('accounts');
    await stretch('accounts');

    const login = radclient(
      gateway,
      papLogin(user.username, user.password, [['Calling-Station-Id', '203.0.113.9']]),
    );
    await page.locator('.request').waitFor();
    const asked = language === 'de' ? /^An .+ anmelden$/ : /^Log in to .+/;
    await page.getByRole('heading', { level: 1, name: asked }).waitFor();
    await look('request');
    await stretch('request');
    await letPass(page, 650);
    await page.locator('.request-answer > .button-warn').click();
    await page.locator('dialog').waitFor();
    await look('report');
    await page.locator('dialog .button-plain').click();
    await main.click();
    await page.locator('.outcome-good').waitFor();
    await holdTime(page);
    await look('approved');
    await stretch('approved');
    expect((await login).code).toBe('Access-Accept');
    await main.click();
    await letTimeGoOn(page);

    await radclient(numbers, papLogin(user.username, user.password, [['Calling-Station-Id', '203.0.113.9']]));
    await page.locator('.request-number').waitFor();
    await page.locator('.key').first().click();
    await look('request-number');
    await stretch('request-number');
    await letPass(page, 650);
    await page.locator('.request-answer .button-plain').click();
    await page.locator('.outcome-words').waitFor();
    await holdTime(page);
    await look('denied');
    await main.click();
    await letTimeGoOn(page);

    await open('history');
    await page.locator('.row').first().waitFor();
    await look('history');
    await page.locator('.row').first().click();
    await page.locator('.block').first().waitFor();
    await look('evidence');
    await open('code');
    await look('code');
    await page.locator('summary').click();
    const [issuer, account, secret] = [0, 1, 2].map((index) => page.locator('form input').nth(index));
    await issuer!.fill('Example Mail');
    await account!.fill('alice@example.org');
    await secret!.fill(code);
    await look('code-filled');
    await main.click();
    await page.locator('.code-value').waitFor();
    await look('codes');
    await stretch('codes');
    await open('settings');
    await look('settings');
    await stretch('settings');
    await open('accounts');
    await page.locator('.row').first().click();
    await page.locator('.facts').waitFor();
    await look('account');
    await page.locator('.stack .button-warn').click();
    await page.locator('dialog').waitFor();
    await look('remove');
    expect(phone.complaints).toEqual([]);
    await phone.close();
  },
);
