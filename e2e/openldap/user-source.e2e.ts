// One journey through the real server and its console: an administrator connects OpenLDAP as user source, tests it, looks a person up, sees
// in a dry run what a sync would do, and syncs; the people are there.
import {
  hasSlapd,
  slapdAccount,
  slapdBase,
  type SlapdPeer,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languages, sharedBrowser } from '../browser.ts';
import { becomeOwner, lookingAt, openConsole } from '../console.ts';
import { newServer } from '../first-run-browser/new-server.ts';

describe.skipIf(!hasSlapd())('OpenLDAP as user source', () => {
  const browser = sharedBrowser();
  let slapd: SlapdPeer;
  beforeAll(async () => {
    slapd = await startSlapd();
  });
  afterAll(() => slapd?.stop());

  test.each(languages)('from the first setting to the users ($language)', async ({ language, options }) => {
    const installation = await newServer();
    const server = await installation.start();
    const console = await openConsole(browser(), options);
    const { page } = console;
    const { look, open, field, main } = lookingAt(console, language, import.meta.dirname);
    const close = async () => {
      await page.locator('dialog[open] .modal-head .icon-button').click();
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    };
    const act = (index: number) =>
      page.locator('.source-actions').first().locator('.button').nth(index).click();
    await becomeOwner(console, installation);
    const { id } = await installation.json<{ id: string }>(['applications', 'create', '--name', 'VPN']);
    await open(`#/applications/${id}/user-sources`, '.empty');
    await look('sources-none');

    await page.locator('.page-actions .button-main').click();
    await page.locator('input[value="ldap"]').check();
    await main.click();
    await field('name').waitFor();
    await field('name').fill('example.test');
    await page.locator('.tags input, input[name="hosts"]').first().fill(`localhost:${slapd.tlsPort}`);
    await page.keyboard.press('Enter');
    await field('bind_name').fill(slapdAccount.dn);
    await field('bind_password').fill('not the password');
    await field('base_dn').fill(`ou=people,${slapdBase}`);
    await page.locator('textarea[name="groups"]').fill('vpn-users => VPN');
    await page.locator('.fold summary').click();
    await page.locator('textarea[name="ca"]').fill(slapd.tls.authority);
    await look('source-new');
    await main.click();
    await page.locator('.step-sign-bad').waitFor();
    await look('test-failed');
    await close();

    await page.locator('.source .link-like').click();
    await field('bind_password').fill(slapdAccount.password);
    await main.click();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await act(0);
    await page.locator('dialog[open] [role="status"]').waitFor();
    expect(await page.locator('.step-sign-done').count()).toBeGreaterThan(3);
    await look('test-passed');
    await close();

    await act(1);
    await field('username').fill('alice');
    await main.click();
    await page.locator('dialog[open] .facts').waitFor();
    expect(await page.locator('dialog[open] .facts').innerText()).toContain('+491701234501');
    await look('look-up');
    await field('username').fill('nobody');
    await main.click();
    await page.locator('dialog[open] .notice').waitFor();
    await close();

    await act(2);
    await page.locator('dialog[open] .form-actions .button-main').click();
    await page.locator('dialog[open] .sync-changes li').first().waitFor();
    await look('sync-dry-run');
    const dry = await installation.json<{ items: unknown[] }>(['users', 'list', '--application', 'VPN']);
    expect(dry.items).toEqual([]);
    await page.locator('dialog[open] .form-actions .button-main').click();
    await page.locator('dialog[open] .form-actions .button-main').waitFor({ state: 'detached' });
    await page.locator('dialog[open] .sync-changes li').first().waitFor();
    await close();
    const { items } = await installation.json<{ items: { username: string; teams: string[] }[] }>([
      ...['users', 'list', '--application', 'VPN'],
    ]);
    const alice = items.find(({ username }) => username === 'alice');
    expect(alice).toMatchObject({ full_name: 'Alice Adams', phone: '+491701234501', teams: ['VPN'] });

    const [source] = (await installation.json<{ items: { id: string }[] }>(['user-sources', 'list', 'VPN']))
      .items;
    const sync = await installation.json<object>(['user-sources', 'sync', source!.id, '--username', 'alice']);
    expect(sync).toMatchObject({ status: 'done', counts: { unchanged: 1 } });
    await page.locator('.status-good').first().waitFor();
    // Nobody is asked for a password yet when a phone is bound.
    const toRequirements = page.locator(`.notice a[href="#/applications/${id}/requirements"]`);
    await toRequirements.waitFor();
    await look('sources');
    expect(console.complaints).toEqual([]);
    await console.close();
    await server.terminate();
  });
});
