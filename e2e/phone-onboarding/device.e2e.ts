// What only a browser can show: the camera, codes without a network, the app without a network, a new version, and its size.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expectAccessible, firstLoad, openBrowser } from '../browser.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { holdBeforeCamera } from './camera.ts';
import { heading, openPhone, picture } from './phone.ts';

let vpn: Vpn;
let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'countersign-camera-'));
const camera = join(folder, 'camera.y4m');
beforeAll(async () => {
  // Chromium looks at the file when it starts.
  holdBeforeCamera(camera, 'nothing yet');
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser({ cameraFile: camera })]);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
  rmSync(folder, { recursive: true });
});

const appUrl = () => `${vpn.installation.url}/authenticator/`;

test('the camera is asked for only when a QR code is to be scanned, and let go afterwards; the code binds the phone', async () => {
  const [user, door] = await Promise.all([vpn.addUser(), vpn.addGateway()]);
  holdBeforeCamera(camera, await vpn.onboardingLink(user));
  const phone = await openPhone(browser);
  const { page } = phone;
  await page.addInitScript(`
    globalThis.cameras = [];
    const original = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (...given) {
      const stream = await original.apply(this, given);
      cameras.push(...stream.getTracks());
      return stream;
    };`);
  await page.goto(appUrl());
  await page.getByRole('link', { name: 'Add an account' }).click();
  const opened = () => page.evaluate<string[]>('cameras.map(({ readyState }) => readyState)');
  expect(await opened()).toEqual([]);
  await page.getByRole('link', { name: /Scan a QR code/ }).click();
  await heading(page, 'Bind this device');
  expect(await opened()).toEqual(['ended']);
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await heading(page, 'This device is bound');
  await page.getByRole('link', { name: 'Done' }).click();

  const reply = radclient(door, papLogin(user.username, user.password));
  await phone.request();
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
  await phone.close();
});

test('a QR code of something else is told, and the camera goes on looking', async () => {
  holdBeforeCamera(camera, 'https://example.com/menu');
  const phone = await openPhone(browser);
  await phone.page.goto(`${appUrl()}#/scan`);
  await phone.page.getByText('This is not an onboarding link').waitFor();
  await expectAccessible(phone.page, 'scanning');
  await picture(phone.page, 'phone/scan');
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test('a code of another service is scanned, and its codes are made without a network, also after a restart', async () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  holdBeforeCamera(camera, `otpauth://totp/ACME:alice@example.com?secret=${secret}&issuer=ACME&digits=8`);
  const phone = await openPhone(browser);
  const { page } = phone;
  // RFC 6238 appendix B: 1111111111 s is 14050471.
  await page.clock.install({ time: 1_111_111_111_000 });
  await page.goto(`${appUrl()}#/scan`);
  await heading(page, 'Account with codes');
  await picture(page, 'phone/code-scanned');
  await page.getByRole('button', { name: 'Keep this account' }).click();
  await page.getByText('14050471').waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');

  await page.context().setOffline(true);
  await page.reload();
  await page.getByText('No network. Codes work').waitFor();
  await page.getByText('14050471').waitFor();
  await expectAccessible(page, 'codes without a network');
  await picture(page, 'phone/codes-offline');
  // The secret is nowhere in the storage as it stands.
  const stored = await page.evaluate<string>(`new Promise((resolve) => {
    const opening = indexedDB.open('countersign-authenticator');
    opening.onsuccess = () => {
      const all = opening.result.transaction('codes').objectStore('codes').getAll();
      all.onsuccess = () => resolve(JSON.stringify(all.result, (_, value) =>
        value instanceof Uint8Array ? String.fromCharCode(...value) : value));
    };
  })`);
  expect(stored).toContain('ACME');
  expect(stored).not.toContain('1234567890');
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test('counter codes are given out once each', async () => {
  const phone = await openPhone(browser);
  const { page } = phone;
  holdBeforeCamera(
    camera,
    'otpauth://hotp/ACME:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME&counter=0',
  );
  await page.goto(`${appUrl()}#/scan`);
  await page.getByRole('button', { name: 'Keep this account' }).click();
  await page.getByRole('button', { name: 'Show a code' }).click();
  await page.getByText('755224').waitFor();
  await page.getByRole('button', { name: 'New code' }).click();
  await page.getByText('287082').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Show a code' }).click();
  await page.getByText('359152').waitFor();
  await phone.close();
});

/** Stands before the server and serves another version of the app once it is told to. */
async function proxy(): Promise<{ url: string; release(): void; server: Server }> {
  let released = '';
  const port = await freePort();
  const server = createServer((request, response) => {
    void fetch(`${vpn.installation.url}${request.url}`).then(async (answer) => {
      const body = Buffer.from(await answer.arrayBuffer());
      const isWorker = request.url?.endsWith('service-worker.js') ?? false;
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(isWorker ? `${body.toString()}\n// ${released}` : body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://localhost:${port}/authenticator/`, release: () => (released = 'next'), server };
}

test('a new version waits until the person takes it, and reloads no tab in the middle of something', async () => {
  const { url, release, server } = await proxy();
  const phone = await openPhone(browser);
  onTestFinished(async () => {
    await phone.close();
    server.closeAllConnections();
    server.close();
  });
  const { page } = phone;
  await page.goto(url);
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await page.reload();
  release();
  await page.evaluate(
    'navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => undefined)',
  );
  await page.getByText('A new version is ready.').waitFor();
  // Another tab is in the middle of something.
  const busy = await page.context().newPage();
  await busy.goto(`${url}#cso_${'a'.repeat(43)}`);
  await heading(busy, 'Bind this device');
  await busy.evaluate('globalThis.isSamePage = true');
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Update' }).click();
  await reloaded;
  await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  expect(await page.getByText('A new version is ready.').count()).toBe(0);
  expect(await busy.evaluate('globalThis.isSamePage')).toBe(true);
});

test('a browser that blocks storage is told so in words', async () => {
  const phone = await openPhone(browser);
  await phone.page.addInitScript(`
    const blocked = { get() { throw new DOMException('denied', 'SecurityError'); } };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(globalThis, name, blocked);`);
  await phone.page.goto(appUrl());
  await phone.page.getByText('This browser keeps nothing here').waitFor();
  await phone.page.getByRole('link', { name: 'Settings' }).waitFor();
  await phone.close();
});

test('a language whose file does not come does not keep the app from opening', async () => {
  const phone = await openPhone(browser, { locale: 'de-DE' });
  await phone.page.route('**/assets/de-*', (route) => route.abort());
  await phone.page.goto(appUrl());
  await heading(phone.page, 'Accounts');
  await phone.close();
});

test('a screen that breaks leaves a page in words, and the way to the others', async () => {
  const phone = await openPhone(browser);
  const { page } = phone;
  await page.goto(`${appUrl()}#/account/%`);
  await heading(page, 'Accounts');
  await page.evaluate(`{
    Object.defineProperty(document, 'baseURI', { get() { throw new Error('broken'); } });
    location.hash = '#/settings';
  }`);
  await heading(page, 'Something went wrong');
  await page.getByRole('button', { name: 'Load anew' }).waitFor();
  await expectAccessible(page, 'broken');
  await picture(page, 'phone/broken');
  await page.getByRole('link', { name: 'Codes' }).click();
  await heading(page, 'Codes');
  await phone.close();
});

test('what is loaded first is small', () => {
  const dist = join(import.meta.dirname, '../../packages/authenticator/dist');
  const { files, bytes } = firstLoad('authenticator');
  expect(bytes).toBeLessThan(90_000);
  const scanner = readdirSync(join(dist, 'assets')).find((file) => /jsqr/i.test(file));
  expect(scanner).toBeDefined();
  expect(files).not.toContain(`assets/${scanner}`);
});
