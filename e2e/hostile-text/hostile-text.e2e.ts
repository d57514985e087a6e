// Texts that somebody hostile can put in front of administrators and users, and all pages that show them.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { expectToFit, letPass, openBrowser, openPage, picturesIn } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { deployVpn, type Gateway, type Vpn } from '../vpn.ts';

const markup = '<img src=x onerror="hacked=1"><svg/onload=hacked=1>';
const script = `"'></script><script>hacked=1</script>`;
const template = '{{constructor.constructor("hacked=1")()}} ${hacked=1} javascript:hacked=1';
const formula = '=HYPERLINK("http://evil.example","x")';
/** As wide as letters are, without a place to break. */
const endless = 'W'.repeat(255);
const texts = [markup, script, template, formula] as const;
/** Shown in the other direction, names would read otherwise than they are. */
const reversed = 'admin\u202Egnp.exe';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let api: ApiCaller;
let olivia: Console;
let application: { readonly id: string };
const userIds: string[] = [];
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  api = await apiCaller(vpn.installation, markup);
  application = await api.call('POST', '/v1/applications', { name: script });
  gateway = await vpn.addGateway({
    name: `<b onclick=hacked=1>${'G'.repeat(50)}`,
    application: application.id,
  });
  for (const text of [...texts, endless]) await addVictim(text);
  await logIn();
  olivia = await openConsole(browser, { userAgent: `Mozilla/5.0 Chrome/156 ${markup}` });
  await watch(olivia.page);
  await becomeOwner(olivia, vpn.installation);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

async function addVictim(text: string): Promise<void> {
  const user = await api.call<{ id: string }>('POST', '/v1/users', {
    application_id: application.id,
    username: text,
    full_name: text.slice(0, 200),
    teams: [text.slice(0, 80)],
    external_guid: text.slice(0, 128),
    device_limit: 5,
    password: 'lantern orchid violin',
  });
  userIds.push(user.id);
  const { link } = await api.call<{ link: string }>('POST', '/v1/onboarding-links', { user_id: user.id });
  const phone = await SoftAuthenticator.create({ name: text.slice(0, 80) });
  await phone.onboard(link);
}

/** What anybody may send who reaches the gateway: no account is needed. */
async function logIn(): Promise<void> {
  for (const text of [...texts, reversed, endless.slice(0, 253)])
    await radclient(
      gateway,
      papLogin(text.slice(0, 253), 'wrong', [
        ['NAS-Identifier', text.slice(0, 253)],
        ['Calling-Station-Id', text.slice(0, 253)],
        ['Called-Station-Id', text.slice(0, 253)],
      ]),
    );
}

const dialogs: string[] = [];

async function watch(page: Page): Promise<void> {
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => console.error("CSP: " + event.violatedDirective))',
  );
}

/** No script ran, no element was made of a text, nothing sticks out. */
async function expectHarmless(page: Page, what: string): Promise<void> {
  expect(await page.evaluate<unknown>('globalThis.hacked'), what).toBeUndefined();
  const made = 'document.querySelectorAll("img[src=x], svg[onload], b[onclick], script:not([src])").length';
  expect(await page.evaluate<number>(made), what).toBe(0);
  expect(dialogs, what).toEqual([]);
}

const linksOn = (page: Page): Promise<readonly string[]> =>
  page.evaluate<string[]>(
    '[...document.querySelectorAll("a[href^=\'#/\']")].map((a) => a.getAttribute("href"))',
  );

/** Not while something is still being fetched. */
async function settle(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
}

const picture = picturesIn(import.meta.dirname);

test('every page of the console is harmless and keeps its layout', async () => {
  const { page } = olivia;
  const waiting = ['#/', ...userIds.map((id) => `#/applications/${application.id}/users/${id}`)];
  const seen = new Set<string>();
  const broken: string[] = [];
  for (let hash = waiting.shift(); hash !== undefined && seen.size < 60; hash = waiting.shift()) {
    if (seen.has(hash)) continue;
    seen.add(hash);
    await olivia.go(hash);
    await settle(page);
    for (const [width, height] of [
      [1280, 860],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expectHarmless(page, hash);
      await expectToFit(page, `${hash} at ${width}`).catch(() => broken.push(`${hash} at ${width}`));
      await picture(page, `${width}/${seen.size}`);
    }
    // One of each kind is enough where there are many.
    const known = new Set([...seen, ...waiting]);
    waiting.push(...(await linksOn(page)).filter((link) => !known.has(link)));
  }
  expect(broken).toEqual([]);
  expect(olivia.complaints).toEqual([]);
  expect(seen.size).toBeGreaterThan(8);
  await page.setViewportSize({ width: 1280, height: 860 });
});

test('texts are shown as they are', async () => {
  const { page } = olivia;
  await olivia.go('#/applications');
  await page.getByRole('link', { name: script, exact: true }).first().waitFor();
  await olivia.go(`#/applications/${application.id}/users`);
  for (const text of [...texts, endless])
    await page.getByRole('rowheader').getByRole('link', { name: text, exact: true }).waitFor();
  for (const [index, id] of userIds.entries()) {
    const text = [...texts, endless][index] ?? '';
    await olivia.go(`#/applications/${application.id}/users/${id}`);
    await olivia.heading(text);
    await page.getByRole('rowheader').getByText(text.slice(0, 80), { exact: true }).waitFor();
  }
});

test('a link into the console with a script in its search does nothing but search', async () => {
  const { page } = olivia;
  for (const text of [...texts, reversed, endless]) {
    const search = new URLSearchParams({ search: text, sort: text, enabled: text }).toString();
    await olivia.go(`#/applications/${application.id}/users?${search}`);
    await settle(page);
    await expectHarmless(page, text);
    expect(await page.getByLabel('Search user name, full name or e-mail').inputValue()).toBe(text);
    await olivia.go(`#/applications/${encodeURIComponent(text)}?${search}`);
    await settle(page);
    await expectHarmless(page, text);
  }
  for (const address of ['#/%', '#/applications/%E0%A4%A', '#javascript:hacked=1', '#//evil.example']) {
    await olivia.go(address);
    await settle(page);
    await expectHarmless(page, address);
    expect(new URL(page.url()).origin).toBe(vpn.installation.url);
  }
  expect(olivia.complaints).toEqual([]);
});

test('direction marks of a login do not turn what stands beside them', async () => {
  const { items } = await api.call<{ items: readonly { username: string }[] }>(
    'GET',
    '/v1/activity?limit=200',
  );
  const names = items.map(({ username }) => username);
  expect(names).toContain('admin\uFFFDgnp.exe');
  expect(names.some((name) => /[\u202a-\u202e\u2066-\u2069]/u.test(name))).toBe(false);
  const refused = api.call('POST', '/v1/users', { application_id: application.id, username: reversed });
  await expect(refused).rejects.toThrow(/invalid_request/);
});

test('the exported audit trail holds no formula', async () => {
  const text = await olivia.page.evaluate<string>(
    'fetch("../v1/audit-events/export?format=csv").then((answer) => answer.text())',
  );
  const cells = text.split(/\r\n|,/).map((cell) => cell.replace(/^"/, ''));
  expect(cells.length).toBeGreaterThan(100);
  expect(cells.filter((cell) => /^[=+@\t\r-]/.test(cell))).toEqual([]);
});

test('the phone that is asked shows them as they are', async () => {
  const { page, complaints, close } = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await watch(page);
  const { link } = await api.call<{ link: string }>('POST', '/v1/onboarding-links', { user_id: userIds[0] });
  await page.goto(link);
  await page.getByText(markup).first().waitFor();
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await page.getByRole('link', { name: 'Done' }).click();
  const login = radclient(
    gateway,
    papLogin(markup, 'lantern orchid violin', [
      ['NAS-Identifier', script],
      ['Calling-Station-Id', endless.slice(0, 253)],
    ]),
  );
  await page.locator('.request').waitFor();
  await expectHarmless(page, 'request');
  await expectToFit(page, 'request');
  await picture(page, 'phone/request');
  await letPass(page, 650);
  await page.getByRole('button', { name: 'Deny' }).click();
  expect((await login).code).toBe('Access-Reject');
  expect(complaints).toEqual([]);
  await close();
});
