// A phone bound by link, and what its owner does with the requests that real RADIUS logins bring to it.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitsTheScreen, focusedText, letPass, openBrowser } from '../browser.ts';
import { deployVpn, type Gateway, requestOn, textOf, type Vpn, type VpnUser } from '../vpn.ts';
import { heading, openPhone, type Phone, phoneOf, picture } from './phone.ts';

let vpn: Vpn;
let browser: Browser;
let gateway: Gateway;
let numbers: Gateway;
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
  [gateway, numbers] = await Promise.all([
    vpn.addGateway(),
    vpn.addGateway({ options: ['--number-matching'] }),
  ]);
});
afterAll(async () => {
  for (const { complaints } of phones) expect(complaints).toEqual([]);
  await browser?.close();
  await vpn?.stop();
});

const from = ['Calling-Station-Id', '203.0.113.9'] as const;
const login = (user: VpnUser, door: Gateway = gateway) =>
  radclient(door, papLogin(user.username, user.password, [from]));

const phones: Phone[] = [];

async function newPhone(): Promise<{ user: VpnUser; phone: Phone }> {
  const user = await vpn.addUser();
  const phone = await phoneOf(vpn, browser, user);
  phones.push(phone);
  return { user, phone };
}

test.concurrent('alice opens her onboarding link, binds her phone, and approves a login', async () => {
  const user = await vpn.addUser({ username: 'alice', options: ['--full-name', 'Alice Adams'] });
  const link = await vpn.onboardingLink(user);
  const phone = await openPhone(browser);
  const { page } = phone;
  await page.goto(link);
  await page.getByText('Alice Adams (alice)').waitFor();
  // Whoever sees the address could bind a device: the ticket is out of it, and no call told it to the server's log.
  expect(page.url()).not.toContain('cso_');
  expect(vpn.server().output()).not.toContain(link.split('#')[1]);
  expect(await page.getByLabel('Name of this device').inputValue()).toBe('Android phone, Chrome');
  await page.getByLabel('Name of this device').fill('Alice’s phone');
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await heading(page, 'This device is bound');
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByText('Ready').waitFor();
  expect(await vpn.devicesOf(user)).toMatchObject([{ name: 'Alice’s phone' }]);

  const reply = login(user);
  await phone.request();
  for (const text of ['alice', '203.0.113.9', gateway.name])
    await page.getByText(text, { exact: true }).waitFor();
  expect(await focusedText(page)).toBe('Log in to VPN');
  // One thumb, no scrolling.
  expect(await fitsTheScreen(page)).toBe(true);
  await phone.approve();
  await phone.outcome('Approved');
  const { code, all } = await reply;
  expect(code).toBe('Access-Accept');
  await page.getByRole('button', { name: 'Done' }).click();

  // The evidence on the phone is that of the server.
  const requestId = textOf(all('Class')[0]);
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('link', { name: /Log in to VPN/ }).click();
  await page.getByText(`"request_id": "${requestId}"`).waitFor();
  const evidence = await vpn.installation.json<{ answer: string }>(['evidence', 'show', requestId]);
  await page.getByText(evidence.answer, { exact: true }).waitFor();
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test.concurrent('a login approved while it still says that the device is bound leads to the accounts', async () => {
  const user = await vpn.addUser();
  const phone = await openPhone(browser);
  phones.push(phone);
  const { page } = phone;
  await page.goto(await vpn.onboardingLink(user));
  await page.getByRole('button', { name: 'Bind this device' }).click();
  await heading(page, 'This device is bound');
  const reply = login(user);
  await phone.request();
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
  // How it ended leaves by itself.
  await heading(page, 'Accounts');
  expect(page.url()).toMatch(/#\/accounts$/);
});

test.concurrent('an onboarding link works once; a second phone is told so, and what to do', async () => {
  const user = await vpn.addUser();
  const link = await vpn.onboardingLink(user);
  const [first, second] = [await openPhone(browser), await openPhone(browser)];
  await second.page.goto(link);
  await first.bind(link);
  await second.page.getByRole('button', { name: 'Bind this device' }).click();
  await second.page.getByText('The onboarding link is not valid').waitFor();
  await second.page.getByText('Ask your administrator for a new one').waitFor();
  await Promise.all([first.close(), second.close()]);
});

test.concurrent('a press right after the app came back into sight answers nothing; once more does', async () => {
  const { user, phone } = await newPhone();
  const reply = login(user);
  await phone.request();
  // As when a window that covered the app closes under the press.
  await phone.page.evaluate(
    `dispatchEvent(new Event('focus')); [...document.querySelectorAll('button')].find(({ type }) => type === 'submit').click()`,
  );
  await phone.page.getByText('Press once more').waitFor();
  expect(await fitsTheScreen(phone.page)).toBe(true);
  await picture(phone.page, 'phone/request-too-soon');
  await phone.page.evaluate('document.hasFocus = () => false');
  await letPass(phone.page, 650);
  await phone.approve();
  await heading(phone.page, 'Log in to VPN');
  await phone.page.evaluate('delete document.hasFocus');
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
});

test.concurrent('two logins of one user at once: how the first ended stays to be read, and the second is called another request', async () => {
  const { user, phone } = await newPhone();
  const [own, other] = await Promise.all([vpn.addGateway(), vpn.addGateway()]);
  const replies = [login(user, own), login(user, other)];
  await phone.request();
  await phone.page.getByText('1 more request is waiting').waitFor();
  expect(await phone.page.getByText('Another request', { exact: true }).count()).toBe(0);
  await phone.approve();
  await phone.outcome('Approved');
  // Whoever taps a second time, since the first "did not take", meets no question.
  await letPass(phone.page, 1000);
  await heading(phone.page, 'Approved');
  await phone.request();
  await phone.page.getByText('Another request', { exact: true }).waitFor();
  expect(await fitsTheScreen(phone.page)).toBe(true);
  await picture(phone.page, 'phone/another-request');
  await phone.deny();
  await phone.outcome('Denied');
  const codes = (await Promise.all(replies)).map(({ code }) => code);
  expect(codes.toSorted()).toEqual(['Access-Accept', 'Access-Reject']);
});

/** Begins a login at the door that shows numbers. */
async function beginWithNumber(user: VpnUser) {
  const asked = await login(user, numbers);
  expect(asked.code).toBe('Access-Challenge');
  const number = /\d{2}/.exec(asked.all('Reply-Message')[0] ?? '')?.[0] ?? '';
  const state = ['State', asked.all('State')[0] ?? ''] as const;
  return { number, goOn: () => radclient(numbers, papLogin(user.username, '', [state])) };
}

async function typeNumber(phone: Phone, number: string): Promise<void> {
  for (const digit of number) await phone.page.getByRole('button', { name: digit, exact: true }).click();
}

test.concurrent('the number at the door must be typed; a wrong one lets nobody in', async () => {
  const { user, phone } = await newPhone();
  const { number, goOn } = await beginWithNumber(user);
  await phone.request();
  expect(await fitsTheScreen(phone.page)).toBe(true);
  const approve = phone.page.getByRole('button', { name: 'Approve' });
  expect(await approve.getAttribute('aria-disabled')).toBe('true');
  await typeNumber(phone, number);
  await phone.approve();
  await phone.outcome('Approved');
  expect((await goOn()).code).toBe('Access-Accept');

  const second = await beginWithNumber(user);
  const wrong = second.number === '11' ? '22' : '11';
  await phone.request();
  await typeNumber(phone, wrong);
  await phone.approve();
  await phone.outcome('Wrong number');
  expect((await second.goOn()).code).toBe('Access-Reject');
  expect(await vpn.lastActivity(user.username)).toMatchObject({ reason: 'wrong_number' });
});

test.concurrent('“It was not me” asks once more, then holds back every further request, and says so until they are released', async () => {
  const { user, phone } = await newPhone();
  const reply = login(user);
  await phone.request();
  await phone.page.getByRole('button', { name: 'It was not me' }).click();
  await phone.page.getByRole('button', { name: 'Report it' }).click();
  await phone.outcome('Reported');
  expect((await reply).code).toBe('Access-Reject');
  const held = phone.page.getByText('Requests are held');
  await held.waitFor();
  await vpn.installation.json(['users', 'release-requests', user.id]);
  // The next request tells the phone, and it comes as one of its own.
  const next = login(user);
  await phone.request();
  expect(await phone.page.getByText('Another request').count()).toBe(0);
  await phone.approve();
  await phone.outcome('Approved');
  expect((await next).code).toBe('Access-Accept');
  await heading(phone.page, 'Accounts');
  await held.waitFor({ state: 'detached' });
});

test.concurrent('a request that nobody answers is over, and the phone says so by itself', async () => {
  const quick = await vpn.addApplication('Quick', ['--request-seconds', '10']);
  const [door, user] = await Promise.all([
    vpn.addGateway({ application: quick.id }),
    vpn.addUser({ application: quick.id }),
  ]);
  const phone = await phoneOf(vpn, browser, user);
  const reply = login(user, door);
  await phone.request('Log in to Quick');
  await phone.outcome('Too late');
  expect((await reply).code).toBe('Access-Reject');
  await phone.close();
});

test.concurrent('two phones of one user: the first answer wins, the other closes by itself with a word; a soft authenticator is one more device', async () => {
  const user = await vpn.addUser({ options: ['--device-limit', '3'] });
  const soft = await vpn.addPhone(user);
  const phones = await Promise.all([phoneOf(vpn, browser, user), phoneOf(vpn, browser, user)]);
  const reply = login(user);
  await Promise.all(phones.map((phone) => phone.request()));
  // Two programs, one protocol: what each shows is the same.
  const { content } = await requestOn(soft);
  await phones[1].page.getByText(content.client.name, { exact: true }).waitFor();
  await phones[0].approve();
  await phones[0].outcome('Approved');
  await phones[1].outcome('Already closed');
  expect((await reply).code).toBe('Access-Accept');
  await Promise.all(phones.map((phone) => phone.close()));
});

test.concurrent('by keyboard alone: deny, which keeps the login out, then approve with the number typed', async () => {
  const { user, phone } = await newPhone();
  const { keyboard } = phone.page;
  const tabTo = async (name: string) => {
    for (let tries = 0; (await focusedText(phone.page)) !== name; tries += 1) {
      if (tries > 20) throw new Error(`${name} cannot be reached with the Tab key`);
      await keyboard.press('Tab');
    }
  };
  const denied = login(user);
  await phone.request();
  await tabTo('Deny');
  await keyboard.press('Enter');
  await phone.outcome('Denied');
  await tabTo('Done');
  await keyboard.press('Space');
  expect((await denied).code).toBe('Access-Reject');
  expect(await vpn.lastActivity(user.username)).toMatchObject({ reason: 'denied_by_user' });

  const other = await newPhone();
  const { number } = await beginWithNumber(other.user);
  await other.phone.request();
  await other.phone.page.keyboard.press('Tab');
  await other.phone.page.keyboard.type(number);
  await other.phone.page.keyboard.press('Enter');
  await other.phone.outcome('Approved');
});

test.concurrent('a phone whose clock is five minutes off corrects itself by what the server says', async () => {
  const user = await vpn.addUser();
  const phone = await openPhone(browser);
  await phone.page.addInitScript('{ const real = Date.now; Date.now = () => real() - 300_000; }');
  await phone.bind(await vpn.onboardingLink(user));
  const reply = login(user);
  await phone.request();
  await phone.approve();
  await phone.outcome('Approved');
  expect((await reply).code).toBe('Access-Accept');
  await phone.close();
});

test.concurrent('an answer without a network is told as not confirmed, and leads back to the question', async () => {
  const { user, phone } = await newPhone();
  const reply = login(user);
  await phone.request();
  await phone.page.context().setOffline(true);
  await phone.approve();
  await phone.outcome('Not confirmed');
  await phone.page.getByText('Your answer may have counted all the same.').waitFor();
  await picture(phone.page, 'phone/not-confirmed');
  await phone.page.context().setOffline(false);
  await phone.page.getByRole('button', { name: 'Answer again' }).click();
  // The time to think again is for thinking otherwise, too.
  await phone.request();
  await phone.deny();
  await phone.outcome('Denied');
  expect((await reply).code).toBe('Access-Reject');
});

test.concurrent('an answer whose receipt is lost has counted: the phone does not say that nothing was decided', async () => {
  const { user, phone } = await newPhone();
  const reply = login(user);
  await phone.request();
  await phone.page.route('**/answer', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await phone.approve();
  await phone.outcome('Already closed');
  await phone.page.getByText('This request was answered, here or on another device').waitFor();
  expect((await reply).code).toBe('Access-Accept');
});

test.concurrent('several accounts in one app; a removed one is revoked at the server; a disabled one says so', async () => {
  const { user, phone } = await newPhone();
  const second = await vpn.addApplication('Mail');
  const other = await vpn.addUser({ application: second.id });
  await phone.bind(await vpn.onboardingLink(other));
  await phone.page.getByRole('link', { name: /Mail/ }).click();
  await phone.page.getByRole('button', { name: 'Remove this account' }).click();
  await phone.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await phone.page.getByRole('link', { name: /VPN/ }).waitFor();
  expect(await phone.page.getByRole('link', { name: /Mail/ }).count()).toBe(0);
  expect((await vpn.devicesOf(other)).filter(({ revoked_at: at }) => at === null)).toEqual([]);

  await vpn.installation.countersign(['users', 'change', user.id, '--no-enabled']);
  await phone.page.reload();
  await phone.page.getByText('Not accepted by the server').waitFor();
  expect(await phone.page.getByText('Waiting for requests').count()).toBe(0);
});
