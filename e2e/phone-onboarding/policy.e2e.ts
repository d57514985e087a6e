// The Content-Security-Policy as the server sends it, once more as report-only: a journey through the app makes no report. That reports
// would be seen is shown by a policy that the app does not keep to.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { deployVpn, type Gateway, type Vpn } from '../vpn.ts';
import { heading, openPhone, type Phone } from './phone.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  gateway = await vpn.addGateway();
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const policyHeader = 'content-security-policy';
const keepReports = `globalThis.reports = [];
  document.addEventListener('securitypolicyviolation', ({ disposition, effectiveDirective, blockedURI }) =>
    reports.push([disposition, effectiveDirective, blockedURI].join(' ')))`;
const reportsOf = ({ page }: Phone): Promise<string[]> => page.evaluate('globalThis.reports');

/** @param change makes the report-only policy of the one that is enforced */
async function openWith(change: (policy: string) => string): Promise<Phone> {
  const phone = await openPhone(browser);
  const { page } = phone;
  await page.addInitScript(keepReports);
  await page.route('**/authenticator/', async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const policy = headers[policyHeader];
    if (policy === undefined) throw new Error('there is no policy');
    await route.fulfill({
      response,
      headers: { ...headers, [`${policyHeader}-report-only`]: change(policy) },
    });
  });
  await page.goto(`${vpn.installation.url}/authenticator/`);
  await page.locator('.button-main').last().waitFor();
  return phone;
}

test('a journey through the app makes no report', async () => {
  const phone = await openWith((policy) => policy);
  const { page } = phone;
  const user = await vpn.addUser();
  const link = await vpn.onboardingLink(user);
  for (const screen of ['add', 'scan', 'codes', 'code', 'history', 'settings', 'accounts']) {
    await page.evaluate(`location.hash = '#/${screen}'`);
    await page.locator('h1').waitFor();
  }
  await page.evaluate(`location.hash = '${new URL(link).hash}'`);
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await heading(page, 'This device is bound');
  const reply = radclient(gateway, papLogin(user.username, user.password));
  await phone.request();
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
  await page.locator('.row').click();
  await page.getByRole('button', { name: 'Remove this account' }).click();
  await page.locator('dialog').waitFor();
  expect(await reportsOf(phone)).toEqual([]);
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test('what the policy forbids is reported, and refused: scripts and styles within the page, text made into code, other hosts', async () => {
  const phone = await openWith((policy) => policy.replace("img-src 'self'", "img-src 'none'"));
  const { page } = phone;
  await expect.poll(() => reportsOf(phone)).toContainEqual(expect.stringMatching(/^report img-src /));
  const refused = await page.evaluate<string[]>(`(async () => {
    // What the DevTools protocol runs at once may do more than a page.
    await new Promise((resolve) => setTimeout(resolve));
    const tried = [];
    const attempt = async (name, act) => {
      try { await act(); tried.push(name + ' works'); } catch { }
    };
    await attempt('eval', () => eval('1'));
    await attempt('text as HTML', () => { document.createElement('p').innerHTML = '<b>b</b>'; });
    await attempt('another policy', () => trustedTypes.createPolicy('other', {}));
    await attempt('another host', () => fetch('https://example.org/'));
    const script = document.createElement('script');
    await attempt('a script within the page', () => {
      script.text = 'globalThis.ran = true';
      document.body.append(script);
      if (!globalThis.ran) throw new Error('it did not run');
    });
    return tried;
  })()`);
  expect(refused).toEqual([]);
  await expect
    .poll(() => reportsOf(phone))
    .toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^enforce require-trusted-types-for /),
        expect.stringMatching(/^enforce trusted-types /),
        expect.stringMatching(/^enforce connect-src /),
      ]),
    );
  await phone.close();
});
