// The pages of certificates and SCEP, as an administrator's hands use them, and every screen of them looked at.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '@countersign/contract/scep-models.ts';
import { runProgram, startProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages, openBrowser } from '../browser.ts';
import { type TurnedClock, turnedClock } from '../clock.ts';
import { becomeOwner, type Console, lookingAt, oneAfterAnother, openConsole } from '../console.ts';
import { openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const pki = requireProgram('pki', 'strongswan-pki');
const openssl = requireProgram('openssl', 'openssl');
const directory = mkdtempSync(join(tmpdir(), 'countersign-certificates-'));
const at = (name: string) => join(directory, name);

let vpn: Vpn;
let browser: Browser;
const clock: TurnedClock = turnedClock();
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn({ env: clock.env }), openBrowser()]);
  await vpn.addUserWithPhone({ username: 'alice' });
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
  clock.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** A gateway asks, and is told to wait. */
async function ask(url: string, password: string, name: string): Promise<void> {
  const [ca, chain] = await Promise.all(
    ['certificate', 'chain'].map(async (path) =>
      (await fetch(`${vpn.installation.url}/v1/ca/${path}`)).text(),
    ),
  );
  writeFileSync(at('ca.pem'), ca ?? '');
  const [issuer = ''] = /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(chain ?? '') ?? [];
  writeFileSync(at('issuer.pem'), issuer);
  const answer = await fetch(`${url}?operation=GetCACert`);
  writeFileSync(at('both.p7'), Buffer.from(await answer.arrayBuffer()));
  const printed = await runProgram([
    openssl,
    'pkcs7',
    '-inform',
    'DER',
    '-print_certs',
    '-in',
    at('both.p7'),
  ]);
  writeFileSync(at('ra.pem'), /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(printed.stdout)?.[0] ?? '');
  await runProgram([openssl, 'genrsa', '-traditional', '-out', at(`${name}.key`), '2048']);
  await runProgram([
    pki,
    ...['--scep', '--url', url, '--in', at(`${name}.key`), '--dn', `O=Lab, CN=${name}`, '--san', name],
    ...['--password', password, '--cacert-enc', at('ra.pem'), '--cacert-sig', at('ra.pem')],
    ...['--cacert', at('ca.pem'), '--cacert', at('issuer.pem'), '--interval', '1', '--maxpolltime', '1'],
  ]);
}

const signIn = async (console: Console, username: string) => {
  await becomeOwner(console, vpn.installation, username);
};

test('the chain with its fingerprints; a profile, a request that is approved, a certificate that is revoked', async () => {
  const console = await openConsole(browser);
  const { page, go, press, heading } = console;
  await signIn(console, 'olivia');
  await go('#/certificates');
  await heading('Certificates');
  const root = await (await fetch(`${vpn.installation.url}/v1/ca/certificate`)).text();
  const digest = createHash('sha256').update(new X509Certificate(root).raw).digest('hex').toUpperCase();
  await page.locator('.fingerprint').nth(1).waitFor();
  const shown = await page.locator('.fingerprint').nth(1).textContent();
  expect(shown?.replaceAll(':', '')).toBe(digest);

  await page.getByRole('link', { name: 'SCEP' }).click();
  await heading('SCEP');
  await press('New profile');
  await page.locator('input[name="name"]').fill('Routers');
  await page.getByRole('radio', { name: 'One for all' }).check();
  await page.getByRole('radio', { name: 'Wait for an administrator' }).check();
  await page.locator('.form-actions [type="submit"]').click();
  const secret = (await page.locator('dialog .secret-text').first().textContent())?.trim() ?? '';
  const url = (await page.locator('dialog .snippet code').first().textContent())?.trim() ?? '';
  expect(secret).toMatch(/^csc_/);
  await press('Done');
  await ask(url, secret, 'gw.example.com');
  await press('Approve O=Lab, CN=gw.example.com');
  await page.locator('dialog[open] [type="submit"]').click();
  await page.locator('.status-good', { hasText: 'Issued' }).waitFor();

  await press('Routers');
  await page.locator('input[name="enabled"]').uncheck();
  await page.locator('.form-actions [type="submit"]').click();
  await page.locator('.status-quiet', { hasText: 'Off' }).waitFor();
  expect((await fetch(`${url}?operation=GetCACaps`)).status).toBe(404);

  await go('#/certificates?kind=device');
  await page.getByRole('button', { name: /^Revoke the certificate of alice/ }).click();
  await page.locator('dialog[open] [type="submit"]').click();
  await page.locator('.status-bad', { hasText: 'Revoked' }).waitFor();
  await page.getByLabel('State').selectOption('revoked');
  await page.locator('.status-bad').waitFor();
  expect(console.complaints).toEqual([]);
  await console.close();
});

test('certificates of devices from another authority: a false fingerprint is not taken, the right one is, and tested', async () => {
  const python = '/usr/bin/python3';
  const responder = await startProgram([
    python,
    join(import.meta.dirname, '../scep/authority.py'),
    directory,
  ]);
  const console = await openConsole(browser);
  const { page, press } = console;
  const { look, open, field, main } = lookingAt(console, 'en', import.meta.dirname);
  try {
    const port = await responder.until('it is ready', () => /READY (\d+)/.exec(responder.stdout())?.[1]);
    await signIn(console, 'oscar');
    await open('#/certificates', '.table tbody tr');
    const section = page.locator('section', { hasText: 'Certificates of devices' });
    await section.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('radio', { name: 'Another authority, by SCEP' }).check();
    await field('url').fill(`http://127.0.0.1:${port}/scep`);
    await field('fingerprint').fill('00'.repeat(32));
    await page.locator('dialog[open] summary').click();
    await page.locator('input[name="accept_sha1_answers"]').check();
    await look('source');
    await main.click();
    await page.locator('dialog[open] .notice', { hasText: 'fingerprint' }).waitFor();
    const { raw } = new X509Certificate(readFileSync(at('ca.crt')));
    await field('fingerprint').fill(createHash('sha256').update(raw).digest('hex'));
    await main.click();
    await section.locator('.fingerprint').waitFor();
    await section.getByText('SHA-1 is taken too').waitFor();
    await press('Test');
    await page.getByText('Everything works.').waitFor();
    await look('source-test');
    await page.keyboard.press('Escape');
    await vpn.installation.countersign(['ca', 'set-source', 'own']);
    expect(console.complaints).toEqual([]);
  } finally {
    await console.close();
    responder.kill();
    await responder.ended;
  }
});

const day = 86_400_000;
/** Two thirds of a certificate's two years have passed. */
const later = 490 * day;

test('a phone that is opened when its certificate is due renews it by itself, once; the one before is superseded', async () => {
  const user = await vpn.addUser({ username: 'ruth' });
  const phone = await openPhone(browser);
  const { page } = phone;
  await phone.bind(await vpn.onboardingLink(user));
  const opened = async () => {
    await page.goto(`${vpn.installation.url}/authenticator/`);
    await page.getByText('Ready').waitFor();
  };
  /** Serial of the certificate that the phone keeps. */
  const kept = async () => {
    const pem = await page.evaluate<string>(`new Promise((resolve) => {
      indexedDB.open('countersign-authenticator').onsuccess = ({ target: { result } }) => {
        const all = result.transaction('accounts').objectStore('accounts').getAll();
        all.onsuccess = () => resolve(all.result[0].certificate);
      };
    })`);
    return new X509Certificate(pem).serialNumber.toLowerCase();
  };
  let asked = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/v1/device/certificate') asked += 1;
  });
  await opened();
  const before = await kept();
  await page.goto('about:blank');
  await clock.turn(vpn.server(), later);
  expect(asked).toBe(0);
  await opened();
  await expect.poll(kept).not.toBe(before);
  const serial = await kept();
  // Opened once more it asks for no other one.
  const calls = asked;
  await opened();
  await page.getByRole('link', { name: /VPN/ }).click();
  await page.getByText('Valid until').waitFor();
  expect([await kept(), asked]).toEqual([serial, calls]);

  const console = await openConsole(browser);
  await signIn(console, 'orla');
  await console.go('#/certificates?kind=device');
  for (const [each, state] of [
    [before, 'Renewed'],
    [serial, 'Good'],
  ] as const)
    await console.page.locator('tbody tr', { hasText: each }).getByText(state, { exact: true }).waitFor();
  const { items } = await vpn.installation.json<{ items: readonly Certificate[] }>([
    ...['certificates', 'list', '--kind', 'device'],
  ]);
  const [renewed, old] = [serial, before].map((each) => items.find((it) => it.serial === each));
  expect(renewed).toMatchObject({ username: 'ruth', revoked_at: null });
  expect(old).toMatchObject({ device_id: renewed?.device_id, revocation_reason: 4 });
  const list = await fetch(`${vpn.installation.url}/v1/ca/crl/${old?.authority_id}`);
  writeFileSync(at('list.crl'), Buffer.from(await list.arrayBuffer()));
  const shown = await runProgram([
    openssl,
    'crl',
    '-inform',
    'DER',
    '-in',
    at('list.crl'),
    '-noout',
    '-text',
  ]);
  const entries = shown.stdout.toLowerCase().split('serial number: ');
  expect(entries.filter((entry) => entry.startsWith(before))).toEqual([
    expect.stringContaining('superseded'),
  ]);
  expect(entries.filter((entry) => entry.startsWith(serial))).toEqual([]);
  expect([...phone.complaints, ...console.complaints]).toEqual([]);
  await Promise.all([phone.close(), console.close()]);
  await clock.turn(vpn.server(), 0);
});

const alone = oneAfterAnother();

test.concurrent.each(languages)('every screen ($language)', async ({ language, options }) => {
  const console = await openConsole(browser, options);
  const { page } = console;
  const { look, open, main, field } = lookingAt(console, language, import.meta.dirname);
  await alone(() => signIn(console, `otto.${language}`));
  await open('#/certificates', '.table tbody tr');
  await look('certificates');
  await open('#/certificates/scep', '.table tbody tr');
  await look('scep');
  await page.locator('.page-actions .button-main').first().click();
  await field('name').fill(`Gateways ${language}`);
  await look('new-profile');
  await main.click();
  await page.locator('dialog[open] .snippet').first().waitFor();
  await look('made');
  await page.keyboard.press('Escape');
  await page
    .locator('td .button-plain', { hasText: /Password|Passwort/ })
    .first()
    .click();
  await main.click();
  await page.locator('dialog[open] .secret').first().waitFor();
  await look('password');
  expect(console.complaints).toEqual([]);
  await console.close();
});
