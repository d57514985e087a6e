// User name and password, then a code by SMS, then in person: in that order, with phone and console side by side and Kannel between them.
import type { OnboardingProcess } from '@countersign/contract/onboarding-models.ts';
import { hasKannel, type Kannel, startKannel } from '@countersign/testkit/peers/kannel.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { begin, giveCredentials, pictureWords, press, requiring } from '../onboarding-browser/enrolling.ts';
import { heading, openPhone, type Phone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const browser = sharedBrowser();
const number = '+491705550101';
let vpn: Vpn;
let caller: ApiCaller;
let desk: Console;
let kannel: Kannel;

beforeAll(async () => {
  if (!hasKannel()) return;
  kannel = await startKannel();
  vpn = await deployVpn();
  caller = await apiCaller(vpn.installation);
  desk = await openConsole(browser());
  await becomeOwner(desk, vpn.installation);
});
afterAll(async () => {
  await desk?.close();
  await vpn?.stop();
  await kannel?.stop();
});

/** As an administrator's hands do it. */
async function setUpGateway({ page, go, heading: reads, press: push }: Console): Promise<void> {
  const field = (name: string) => page.locator(`[name="${name}"]`);
  await go('#/sms');
  await reads('SMS');
  await page.locator('.empty-actions button').click();
  await page.getByRole('radio', { name: /^HTTP/ }).check();
  await push('Next');
  await field('name').fill('Kannel');
  const query = 'password={password}&from={from}&to={to}&coding={coding}&charset=UTF-8&text={text}';
  await field('url').fill(`${kannel.url}?username=${kannel.user}&${query}`);
  await field('method').selectOption('GET');
  await field('content').selectOption('none');
  await field('password').fill(kannel.password);
  await field('sender').fill('Acme');
  await push('Create and test');
  await page.locator('[name="to"]').fill(number);
  await push('Send');
  await page.getByText('No text may go there').waitFor();
  await push('Close');
  await page.getByText('No text goes anywhere yet').waitFor();
  await page.getByRole('textbox', { name: /Allowed dialling prefixes/ }).fill('49');
  await page.keyboard.press('Enter');
  await page.locator('.section [type="submit"]').click();
  await page.getByText('Saved').first().waitFor();
  await push('Test Kannel');
  await page.locator('[name="to"]').fill(number);
  await push('Send');
  await page.getByText('Taken. Look whether it arrives.').waitFor();
  await push('Close');
  await expect.poll(() => kannel.received().length, { timeout: 10_000 }).toBe(1);
}

async function giveCode(phone: Phone): Promise<void> {
  const { page } = phone;
  await page.getByText('Step 2 of 3').waitFor();
  await press(page, 'Send the code');
  await expect.poll(() => kannel.received().length, { timeout: 10_000 }).toBe(2);
  const { content = '', to } = kannel.received().at(-1) ?? {};
  expect(to).toBe(number);
  const [, code = ''] = /@localhost #([0-9]{6})$/.exec(content) ?? [];
  await page.getByLabel('Code from the text').fill(code === '000000' ? '111111' : '000000');
  await press(page, 'Continue');
  await page.getByText('That was not accepted').waitFor();
  await page.getByLabel('Code from the text').fill(code);
  await press(page, 'Continue');
}

test.skipIf(!hasKannel())('credentials, SMS and in person, in order; out of order is refused', async () => {
  await setUpGateway(desk);
  const application = await vpn.addApplication('Three steps');
  const user = await vpn.addUser({ application: application.id, options: ['--phone', number] });
  const kinds = ['simple_credentials', 'sms', 'manual'];
  const link = await requiring(caller, application, kinds);

  const hasty = (await SoftAuthenticator.create()).enrolment(link);
  await hasty.begin();
  const tooSoon = [
    { kind: 'sms', number },
    { kind: 'manual', username: user.username },
  ] as const;
  for (const input of tooSoon)
    await expect(hasty.give(input)).rejects.toEqual(expect.objectContaining({ code: 'out_of_order' }));
  await hasty.give({ kind: 'simple_credentials', username: user.username, password: user.password });
  await expect(hasty.give({ kind: 'manual' })).rejects.toEqual(
    expect.objectContaining({ code: 'out_of_order' }),
  );
  expect((await hasty.look()).requirements.map(({ state }) => state)).toEqual(['met', 'next', 'later']);
  expect(kannel.received()).toHaveLength(1);

  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await phone.page.getByText('Step 1 of 3').waitFor();
  await giveCredentials(phone.page, user);
  await giveCode(phone);
  await phone.page.getByText('Step 3 of 3').waitFor();
  await press(phone.page, 'Show the picture');
  const words = await pictureWords(phone.page);
  await desk.go(`#/applications/${application.id}/approvals`);
  expect(await pictureWords(desk.page)).toBe(words);
  await desk.press('It is the same picture: approve');
  await heading(phone.page, 'This device is bound');
  expect(await vpn.devicesOf(user)).toHaveLength(1);

  await desk.go(`#/applications/${application.id}/onboarding`);
  await desk.page
    .getByRole('button', { name: new RegExp(user.username) })
    .last()
    .waitFor();
  const path = `/v1/applications/${application.id}/onboarding-processes`;
  const { items } = await caller.call<{ items: readonly OnboardingProcess[] }>('GET', path);
  const bound = items.find(({ status }) => status === 'completed') ?? expect.fail('none is completed');
  const { steps } = await caller.call<{ steps: readonly { group: string; text: string }[] }>(
    'GET',
    `/v1/onboarding-processes/${bound.id}`,
  );
  const met = steps.filter(({ text }) => text === 'Met.').map(({ group }) => group);
  expect(met).toEqual(kinds);
  expect(steps.map(({ text }) => text)).toContain('SMS gateway “Kannel” took the text.');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});
