// What an auditor finds of the gateways for SMS and mail: everything to be read, no control that changes anything, and an API that refuses.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { picturesIn } from '../browser.ts';
import type { PasskeyBrowser } from './passkey-browser.ts';

interface Channel {
  readonly path: string;
  readonly heading: string;
  /** Where a test goes. */
  readonly to: string;
  /** Of the form: where a gateway is. */
  readonly field: string;
  readonly place: string;
  readonly gateway: Readonly<Record<string, string>>;
}

export const sms: Channel = {
  path: 'sms',
  heading: 'SMS',
  to: '+491701234567',
  field: 'url',
  place: 'https://sms.example.com/?to={to}&text={text}',
  gateway: { kind: 'http', url: 'https://sms.example.com/?to={to}&text={text}' },
};
export const mail: Channel = {
  path: 'mail',
  heading: 'E-mail',
  to: 'olivia@example.com',
  field: 'host',
  place: 'relay.example.com',
  gateway: {
    host: 'relay.example.com',
    from: 'mfa@example.com',
    password: 'mail password 4711',
    user: 'mfa',
  },
};

const names = ['First', 'Spare'] as const;

/** @param owner makes two, so that there is an order */
export async function addGateways(owner: PasskeyBrowser, { path, gateway }: Channel): Promise<string> {
  const made = [];
  for (const name of names) {
    const { status, body } = await owner.call('POST', `/v1/${path}-gateways`, { ...gateway, name });
    expect([status, body]).toEqual([201, body]);
    made.push(String(body['id']));
  }
  return made[0] ?? '';
}

const picture = picturesIn(import.meta.dirname);
const unlocked = ':is(input, select, textarea):enabled, [draggable="true"], [contenteditable="true"]';
/** Opening what a field means changes nothing. */
const pressable = 'button:not(.hint-button):visible';

export async function expectReadOnlyPage(
  page: Page,
  { path, heading, field, place }: Channel,
): Promise<void> {
  await page.evaluate(`location.hash = '#/${path}'`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  const main = page.locator('#main');
  await main.locator('textarea[name="text_en"]').waitFor();
  await main.getByText(names[1], { exact: true }).waitFor();
  expect(await main.locator(unlocked).count()).toBe(0);
  await picture(page, `wide/auditor-${path}`, true);
  // Each opens the settings of one gateway.
  expect(await main.locator(pressable).allInnerTexts()).toEqual(names);
  await main.getByRole('button', { name: names[0], exact: true }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.locator(`[name="${field}"]`).waitFor();
  expect(await dialog.locator(`[name="${field}"]`).inputValue()).toBe(place);
  expect(await dialog.locator(unlocked).count()).toBe(0);
  expect(await dialog.locator(pressable).count()).toBe(1);
  await picture(page, `wide/auditor-${path}-gateway`);
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** @param id of a gateway */
export async function expectRefused(caller: PasskeyBrowser, { path, gateway, to }: Channel, id: string) {
  const gateways = `/v1/${path}-gateways`;
  const tries: readonly (readonly [method: string, path: string, body?: object])[] = [
    ['POST', gateways, { ...gateway, name: 'Another' }],
    ['PATCH', `${gateways}/${id}`, { enabled: false }],
    ['PUT', `${gateways}/order`, { gateway_ids: [id] }],
    ['POST', `${gateways}/test`, { to }],
    ['PATCH', `/v1/${path}-rules`, { code_seconds: 60 }],
    ['DELETE', `${gateways}/${id}`],
  ];
  for (const [method, where, body] of tries) {
    const { status, body: said } = await caller.call(method, where, body);
    expect([method, where, status, said.code]).toEqual([method, where, 403, 'forbidden']);
  }
}
