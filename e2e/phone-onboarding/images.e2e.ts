// Logo and background of an application on the phone: on the way in, in the list, at a request, without a network, and changed later.
import { crc32, deflateSync } from 'node:zlib';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, openBrowser } from '../browser.ts';
import { apiToken, deployVpn, type Gateway, type Vpn } from '../vpn.ts';
import { openPhone, picture } from './phone.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let authorization: string;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  gateway = await vpn.addGateway({ name: 'vpn-berlin' });
  authorization = `Bearer ${await apiToken(vpn, 'applications')}`;
  await put(
    'logo',
    png(128, 128, (x, y) => (Math.hypot(x - 64, y - 64) < 44 ? [255, 200, 60] : [60, 30, 110])),
  );
  // As hard to read on as a picture can be.
  await put(
    'background',
    png(640, 320, (x, y) => (((x >> 4) + (y >> 4)) % 2 === 0 ? [0, 0, 0] : [255, 255, 255])),
  );
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

async function put(kind: 'logo' | 'background', body: Buffer): Promise<void> {
  const { url } = vpn.installation;
  const response = await fetch(`${url}/v1/applications/${vpn.application.id}/images/${kind}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'image/png' },
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
}

/** Really decoded, not only asked for. */
async function isShown(page: Page, selector: string): Promise<boolean> {
  await page.locator(selector).first().waitFor();
  const image = `document.querySelector(${JSON.stringify(selector)})`;
  return page.evaluate<boolean>(`${image}.decode().then(() => ${image}.naturalWidth > 0)`);
}

test.each(['light', 'dark'] as const)('shown wherever the application is (%s)', async (colorScheme) => {
  const user = await vpn.addUser({
    username: `alice.${colorScheme}`,
    options: ['--full-name', 'Alice Adams'],
  });
  const phone = await openPhone(browser, { colorScheme, deviceScaleFactor: 1 });
  const { page } = phone;
  const look = async (name: string) => {
    await expectAccessible(page, `${name} ${colorScheme}`);
    await picture(page, `images/${name}-${colorScheme}`);
  };
  await page.goto(await vpn.onboardingLink(user));
  expect(await isShown(page, '.whom .avatar-logo')).toBe(true);
  await look('bind');
  await page.locator('.button-main').last().click();
  await page.getByRole('link', { name: 'Done' }).click();
  await page.locator('.state-connected').waitFor();
  expect(await isShown(page, '.row .avatar-logo')).toBe(true);
  await look('accounts');
  await page.locator('.row').first().click();
  expect(await isShown(page, '.backdrop img')).toBe(true);
  await look('account');

  const login = radclient(gateway, papLogin(user.username, user.password));
  await phone.request();
  expect(await isShown(page, '.request-head .avatar-logo')).toBe(true);
  expect(await isShown(page, '.backdrop img')).toBe(true);
  await look('request');
  await phone.approve();
  expect((await login).code).toBe('Access-Accept');
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test('kept for when there is no network, and changed when the application is', async () => {
  const user = await vpn.addUser({ username: 'bob' });
  const phone = await openPhone(browser);
  const { page } = phone;
  await phone.bind(await vpn.onboardingLink(user));
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await page.reload();
  expect(await isShown(page, '.row .avatar-logo')).toBe(true);
  await page.context().setOffline(true);
  await page.reload();
  expect(await isShown(page, '.row .avatar-logo')).toBe(true);
  const kept = await page.evaluate<number>(
    "caches.open('countersign-images').then((cache) => cache.keys()).then((keys) => keys.length)",
  );
  expect(kept).toBeGreaterThan(0);
  await page.context().setOffline(false);

  const before = await page.locator('.row .avatar-logo').getAttribute('src');
  await put(
    'logo',
    png(64, 64, () => [20, 120, 90]),
  );
  await page.reload();
  await page.locator(`.row .avatar-logo:not([src="${before}"])`).waitFor();
  expect(await isShown(page, '.row .avatar-logo')).toBe(true);
  await phone.close();
});

type Colour = readonly [number, number, number];

/** A PNG of 8 bits for each of red, green and blue (PNG, third edition, 11.2). */
function png(width: number, height: number, colourAt: (x: number, y: number) => Colour): Buffer {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (__, x) => colourAt(x, y)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(rows.map((row) => Buffer.from(row))));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.of())]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
