// A thousand users changed at once from the list: in pieces, with a bar that tells how far it is, to be stopped and gone on with.
import type { User } from '@countersign/contract/models.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUsers, type ApiCaller, apiCaller } from '../api-caller.ts';
import { openBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

let vpn: Vpn;
let browser: Browser;
let api: ApiCaller;
let olivia: Console;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  api = await apiCaller(vpn.installation);
  await addUsers(api, vpn.application.id, 1000);
  olivia = await openConsole(browser);
  await becomeOwner(olivia, vpn.installation);
});
afterAll(async () => {
  expect(olivia?.complaints ?? []).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

/** Ids of the subjects of all events of a kind. */
async function subjectsOf(event: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let cursor = '';
  do {
    const { items, next_cursor: next } = await api.call<{
      items: readonly { subject_id: string }[];
      next_cursor: string | null;
    }>('GET', `/v1/audit-events?event=${event}&limit=200${cursor}`);
    for (const { subject_id: id } of items) found.add(id);
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  return found;
}

const countOf = async (filter: string): Promise<number | null> =>
  (
    await api.call<{ total: number | null }>(
      'GET',
      `/v1/users?application_id=${vpn.application.id}&limit=1${filter}`,
    )
  ).total;

const row = (name: string) => olivia.page.getByRole('row', { name: new RegExp(name) });
const openUsers = async (filter = ''): Promise<void> => {
  await olivia.go(`#/applications/${vpn.application.id}/users${filter}`);
  await olivia.heading('Users');
};
const selectAll = async (total: string): Promise<void> => {
  await olivia.page.getByLabel('Select all on this page').check();
  await olivia.press(`Select all ${total} that match`);
  await olivia.page.getByText(`All ${total} that match are selected`).waitFor();
};
const inDialog = (name: string) => olivia.page.getByRole('dialog').getByRole('button', { name, exact: true });

test('the list is the server’s: searched, filtered, sorted, and told how many there are', async () => {
  await openUsers();
  await olivia.page.getByText('50 of 1,000').waitFor();
  await row('user0001').waitFor();
  await olivia.press('User name');
  await row('user1000').waitFor();
  expect(olivia.page.url()).toContain('order=desc');
  await olivia.page.getByLabel('Search user name, full name or e-mail').fill('number 077');
  await olivia.page.getByText('10 in all').waitFor();
  expect(olivia.page.url()).toContain('search=number+077');
  await olivia.page.getByLabel('Device').selectOption('With a device');
  await olivia.page.getByText('Nothing matches').waitFor();
  await olivia.press('Clear filters');
  await olivia.page.getByText('50 of 1,000').waitFor();
  await olivia.press('Load more');
  await olivia.page.getByText('100 of 1,000').waitFor();
});

test('all that match are disabled, with one audit event for each', async () => {
  await openUsers();
  await selectAll('1,000');
  await olivia.press('Disable');
  await olivia.page.getByText('Disable 1,000 users?').waitFor();
  await inDialog('Disable').click();
  await olivia.page.getByRole('dialog').getByText('1,000 users are disabled').waitFor();
  await inDialog('Done').click();
  expect(await countOf('&enabled=true')).toBe(0);
  expect((await subjectsOf('user.changed')).size).toBe(1000);
});

test('stopped half-way it says how many were done; the rest is gone on with', async () => {
  await openUsers('?enabled=false');
  await selectAll('1,000');
  let calls = 0;
  let letGo = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await olivia.page.route('**/v1/users', async (route) => {
    if (route.request().method() === 'PATCH') {
      calls += 1;
      if (calls === 3) await stopped;
    }
    await route.fallback();
  });
  await olivia.press('Enable');
  await inDialog('Enable').click();
  await olivia.page.getByText('200 of 1,000').waitFor();
  await inDialog('Stop').click();
  letGo();
  await olivia.page.getByRole('dialog').getByText('300 users are enabled').waitFor();
  await olivia.page.getByText('700 users are left').waitFor();
  expect(await countOf('&enabled=true')).toBe(300);
  await olivia.page.unroute('**/v1/users');
  await olivia.press('Go on with the 700 left');
  await olivia.page.getByRole('dialog').getByText('700 users are enabled').waitFor();
  await inDialog('Done').click();
  expect(await countOf('&enabled=true')).toBe(1000);
});

test('the devices of all are revoked; who has none is passed over', async () => {
  const { items } = await api.call<{ items: readonly User[] }>(
    'GET',
    `/v1/users?application_id=${vpn.application.id}&search=user0500`,
  );
  const phone = await vpn.addPhone({ ...items[0]!, password: '' });
  await openUsers();
  await selectAll('1,000');
  await olivia.press('Revoke devices');
  await inDialog('Revoke devices').click();
  await olivia.page.getByRole('dialog').getByText('The devices of 1,000 users are revoked').waitFor();
  await inDialog('Done').click();
  expect(await countOf('&onboarded=true')).toBe(0);
  await expect(phone.status()).rejects.toThrow();
});

test('those picked are deleted once the word is typed; one that is gone already is named', async () => {
  await openUsers('?search=user000');
  await expect.poll(() => olivia.page.locator('tbody tr').count()).toBe(9);
  await olivia.page.getByLabel('Select all on this page').check();
  const { items } = await api.call<{ items: readonly User[] }>(
    'GET',
    `/v1/users?application_id=${vpn.application.id}&search=user0007`,
  );
  await api.call('DELETE', `/v1/users/${items[0]!.id}`);
  await olivia.press('Delete');
  await olivia.page.getByText('Delete 9 users?').waitFor();
  expect(await inDialog('Delete').getAttribute('aria-disabled')).toBe('true');
  await olivia.page.getByRole('dialog').getByLabel('Type delete to confirm').fill('delete');
  await inDialog('Delete').click();
  await olivia.page.getByRole('dialog').getByText('8 users are deleted').waitFor();
  await olivia.page.getByText('1 user was not there any more').click();
  await olivia.page.getByRole('listitem').getByText('user0007').waitFor();
  await inDialog('Done').click();
  await olivia.page.getByText('Nothing matches').waitFor();
  expect((await subjectsOf('user.deleted')).size).toBe(9);
});
