// What an administrator sees while logins come and go, and what is left of them afterwards.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let gateway: Gateway;
let browser: Browser;
let olivia: Console;
let page: Page;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([
    deployVpn({ env: { COUNTERSIGN_ACTIVITY_DAYS: '90' } }),
    openBrowser(),
  ]);
  gateway = await vpn.addGateway();
  olivia = await openConsole(browser);
  ({ page } = olivia);
  await becomeOwner(olivia, vpn.installation);
});
afterAll(async () => {
  expect(olivia?.complaints).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

const line = (name: string) => page.locator('.activity-line', { hasText: name });
const open = async (hash: string, heading: string) => {
  await olivia.go(hash);
  await olivia.heading(heading);
};
async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

test('the first page shows how the server is, and a login that waits', async () => {
  await open('#/', 'Dashboard');
  await page.getByText('SQLite answers within').waitFor();
  const { user, phone } = await vpn.addUserWithPhone({ username: 'dora' });
  const login = radclient(gateway, papLogin(user.username, user.password));
  const request = await requestOn(phone);
  await line('dora').getByText('Waiting').waitFor();
  await page.locator('a.figure', { hasText: 'Waiting now' }).getByText('1', { exact: true }).waitFor();
  await phone.answer(request, { decision: 'approve' });
  expect((await login).code).toBe('Access-Accept');
  await line('dora').getByText('Let in').waitFor();
  await page
    .getByRole('button', { name: /1 Let in/ })
    .first()
    .waitFor();
});

test('a login arrives live, opens to its steps, and its signed answer is verified offline', async () => {
  await open('#/activities', 'Authentication activities');
  await page.getByText('Live', { exact: true }).waitFor();
  const { user, phone } = await vpn.addUserWithPhone({ username: 'alice' });
  const from = ['Calling-Station-Id', '203.0.113.9'] as const;
  const login = radclient(gateway, papLogin(user.username, user.password, [from]));
  const request = await requestOn(phone);
  await line('alice')
    .getByText(/\d+ seconds left/)
    .waitFor();
  await line('alice').click();
  await page.getByText('Request sent to 1 device;').waitFor();
  await phone.answer(request, { decision: 'approve' });
  expect((await login).code).toBe('Access-Accept');
  await page.getByText('Approved on device “Phone of alice”.').waitFor();
  const steps = await page.locator('.steps-taken bdi').allInnerTexts();
  expect([steps[0], steps.at(-1)]).toEqual([
    'Approved on device “Phone of alice”.',
    `Login received from ${gateway.name} for “alice”, coming from 203.0.113.9.`,
  ]);
  await olivia.press('Evidence');
  const evidence = page.locator('dialog');
  await evidence.getByText('It is that of the request above.').waitFor();
  await evidence.getByText('Phone of alice', { exact: true }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('dialog').getByRole('button', { name: 'Download evidence' }).click(),
  ]);
  const file = join(vpn.installation.dataDirectory, download.suggestedFilename());
  writeFileSync(file, await textOf(download));
  const verified = await vpn.installation.countersign(['evidence', 'verify', file]);
  expect(verified.stdout + verified.stderr).toContain('approve');
  await page.keyboard.press('Escape');
});

test('what is new waits above while somebody reads, and nothing moves', async () => {
  // Still open from the test before.
  const before = await line('alice').boundingBox();
  await radclient(gateway, papLogin('nobody-here', 'wrong'));
  const pill = page.getByRole('button', { name: '1 new' });
  await pill.waitFor();
  expect(await line('alice').boundingBox()).toEqual(before);
  expect(await line('nobody-here').count()).toBe(0);
  await pill.click();
  await line('nobody-here').getByText('No such user in the application.').waitFor();
  await line('nobody-here').click();
  await page.getByText('Correct the user name. Whom a user source knows').waitFor();
});

test('without the stream the server is asked every five seconds, and with it again told at once', async () => {
  await page.route('**/v1/activity/stream', (route) => route.abort());
  await page.reload();
  await page.getByText('Asked every 5 seconds').waitFor();
  await radclient(gateway, papLogin('after-the-stream', 'wrong'));
  await line('after-the-stream').waitFor();
  await page.unroute('**/v1/activity/stream');
  await page.getByText('Live', { exact: true }).waitFor();
});

test('filters: begin of the name, outcome, one user by address', async () => {
  await page.getByLabel('User name begins with').fill('ali');
  await line('nobody-here').waitFor({ state: 'detached' });
  await line('alice').waitFor();
  await page.getByLabel('Outcome').selectOption('denied');
  await page.getByText('Nothing matches').waitFor();
  await olivia.press('Clear filters');
  await line('nobody-here').waitFor();
  const [dora] = (
    await vpn.installation.json<{ items: { id: string }[] }>(['users', 'list', '--search', 'dora'])
  ).items;
  await olivia.go(`#/activities?user=${dora?.id}`);
  await page.getByText('Only dora').waitFor();
  expect(await page.locator('.activity-line').count()).toBe(1);
  await open(`#/applications/${vpn.application.id}/activities`, 'Authentication activities');
  await page.getByText('Every login to VPN').waitFor();
  await line('alice').waitFor();
});

test('a user who reports rings the bell, which leads there', async () => {
  const { user, phone } = await vpn.addUserWithPhone({ username: 'ray' });
  const login = radclient(gateway, papLogin(user.username, user.password));
  await phone.answer(await requestOn(phone), { decision: 'report' });
  expect((await login).code).toBe('Access-Reject');
  const bell = page.getByRole('button', { name: /The worst is a problem/ });
  await bell.waitFor();
  await bell.click();
  await page
    .locator('.menu-notices')
    .getByRole('link', { name: /ray said/ })
    .click();
  await olivia.heading('ray');
});

test('the audit trail in sentences, by family, with all that is kept, and exported', async () => {
  await open('#/audit', 'Event auditing');
  await page.getByText('Somebody at the command line created the application VPN').waitFor();
  await page.getByLabel('Events').selectOption({ label: 'Users' });
  await page.getByText('created the application').waitFor({ state: 'detached' });
  const created = page.locator('.audit-line', {
    hasText: 'Somebody at the command line created the user alice',
  });
  await created.click();
  await page.getByText('"event": "user.created"').waitFor();
  const [lines] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as lines of JSON' }).click(),
  ]);
  const events = (await textOf(lines))
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each) as { event: string });
  expect(events.length).toBeGreaterThan(2);
  expect(events.every(({ event }) => event.startsWith('user.'))).toBe(true);
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as CSV' }).click(),
  ]);
  expect((await textOf(csv)).split('\r\n')[0]).toContain('time,event,actor_kind,actor_id,actor_name');
  await page.getByRole('link', { name: 'All about alice' }).click();
  await page.getByText('Only about alice').waitFor();
});

test('settings: changed, set to its default, cleaned up, reset, and fixed by the environment', async () => {
  await open('#/settings', 'Settings');
  const row = page.locator('.setting', { hasText: 'Longest session' });
  const set = async (value: string) => {
    await page.getByLabel('Longest session', { exact: true }).fill(value);
    await row.getByRole('button', { name: 'Save' }).click();
  };
  await row.getByText('Default', { exact: true }).waitFor();
  await page.getByLabel('Longest session', { exact: true }).fill('73');
  await row.getByText('From 1 to 72.', { exact: true }).waitFor();
  await set('8');
  await row.locator('.setting-state-changed').waitFor();
  await set('12');
  await row.getByText('Set to its default').waitFor();
  await olivia.press('Clean up all values set to their default');
  await olivia.press('Clean up');
  await row.getByText('Default', { exact: true }).waitFor();
  await set('10');
  await row.locator('.setting-state-changed').waitFor();
  await olivia.press('Reset “Longest session” to its default');
  await row.getByText('Default', { exact: true }).waitFor();
  const fixed = page.locator('.setting', { hasText: 'Keep activities' });
  await fixed.getByText('COUNTERSIGN_ACTIVITY_DAYS').waitFor();
  expect(await page.getByLabel('Keep activities', { exact: true }).isEditable()).toBe(false);
});

test('the chart is reached and read by the keyboard', async () => {
  await open('#/dashboard', 'Dashboard');
  const bars = page.getByRole('toolbar', { name: 'Bars of the chart' });
  await bars.getByRole('button').last().focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Home');
  expect(
    await page.evaluate('document.activeElement === document.querySelector(".chart-stops button")'),
  ).toBe(true);
  await page.getByText('As a table').click();
  await page.getByRole('columnheader', { name: 'Refused' }).waitFor();
});
