// An administrator connects a RADIUS server as user source in the console, with a credential cache, and puts two sources in order.
import { startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { expect, test } from 'vitest';
import { languages, sharedBrowser } from '../browser.ts';
import { becomeOwner, lookingAt, openConsole } from '../console.ts';
import { newServer } from '../first-run-browser/new-server.ts';

const browser = sharedBrowser();

test('a RADIUS source is made, tested and put first', async () => {
  const [, { language, options }] = languages;
  const [installation, radius] = [await newServer(), await startFreeradius({ signsReplies: true })];
  const server = await installation.start();
  const console = await openConsole(browser(), options);
  const { page } = console;
  const { look, open, field, main } = lookingAt(console, language, import.meta.dirname);
  await becomeOwner(console, installation);
  const { id } = await installation.json<{ id: string }>(['applications', 'create', '--name', 'VPN']);
  await installation.json(
    [
      ...['user-sources', 'create', '--application', 'VPN', '--kind', 'radius', '--name', 'Another'],
      ...['--host', 'radius.example.com', '--realm', 'corp.example.com', '--shared-secret-env', 'SECRET'],
    ],
    { env: { SECRET: 'a secret of some length' } },
  );
  await open(`#/applications/${id}/user-sources`, '.source');
  await page.locator('.page-actions .button-main').click();
  await page.locator('input[value="radius"]').check();
  await main.click();
  await field('name').fill('FreeRADIUS');
  await page.locator('.tags input, input[name="hosts"]').first().fill(`127.0.0.1:${radius.port}`);
  await page.keyboard.press('Enter');
  await field('shared_secret').fill(radius.secret);
  expect(await field('cache_hours').count()).toBe(0);
  await field('cache').check();
  await field('cache_hours').fill('8');
  await look('radius-source-new');
  await main.click();
  await page.locator('dialog[open] [role="status"]').waitFor();
  await look('radius-source-tested');
  await page.locator('dialog[open] .modal-head .icon-button').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });

  // Only what a RADIUS server can do is offered: to test it, and to delete it.
  expect(await page.locator('.source').nth(1).locator('.source-actions .button').count()).toBe(2);
  await page.locator('.source').nth(1).locator('.order-actions button').first().click();
  await page.locator('.source').first().getByText('FreeRADIUS').waitFor();
  await look('radius-sources');
  const { items } = await installation.json<{ items: object[] }>(['user-sources', 'list', 'VPN']);
  expect(items).toMatchObject([
    { name: 'FreeRADIUS', transport: 'udp', cache_hours: 8, answer_ms: 3000 },
    { name: 'Another', realm: 'corp.example.com', cache_hours: null },
  ]);
  await page.locator('.source .link-like').first().click();
  await field('cache').uncheck();
  await main.click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  const after = await installation.json<{ items: object[] }>(['user-sources', 'list', 'VPN']);
  expect(after.items[0]).toMatchObject({ cache_hours: null });
  expect(console.complaints).toEqual([]);
  await console.close();
  await Promise.all([server.terminate(), radius.stop()]);
});
