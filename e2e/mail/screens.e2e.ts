// The pages of SMS and mail, and the phone's screens for codes, in both languages, light and dark, at both sizes.
import { expect, test, beforeAll, afterAll } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import {
  expectAccessible,
  expectToFit,
  languages,
  picturesIn,
  sharedBrowser,
  someLooks,
} from '../browser.ts';
import { becomeOwner, lookingAt, openConsole } from '../console.ts';
import { requiring } from '../onboarding-browser/enrolling.ts';
import { openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const browser = sharedBrowser();
const picture = picturesIn(import.meta.dirname);
let vpn: Vpn;
let caller: ApiCaller;
beforeAll(async () => {
  vpn = await deployVpn();
  caller = await apiCaller(vpn.installation);
});
afterAll(async () => {
  await vpn?.stop();
});

const smtp = { from: 'mfa@example.com', timeout_ms: 500 };
const gateways: readonly (readonly [string, object])[] = [
  ['mail', { name: 'Relay in the house', host: '127.0.0.1', port: 9, security: 'plain', ...smtp }],
  ['mail', { name: 'Provider', host: 'smtp.example.com', user: 'countersign', password: 'p', ...smtp }],
  ['sms', { kind: 'http', name: 'Kannel', url: 'http://127.0.0.1:9/?to={to}&text={text}', timeout_ms: 500 }],
  ['sms', { kind: 'twilio', name: 'Twilio', account: 'AC1', password: 'p', enabled: false }],
  ['sms', { kind: 'smpp', name: 'SMSC', host: 'smsc.example.net', tls: true, user: 'countersign' }],
];

/** The first language sees that there is none yet. */
async function addGateways(): Promise<void> {
  for (const [channel, body] of gateways) await caller.call('POST', `/v1/${channel}-gateways`, body);
  await caller.call('PATCH', '/v1/sms-rules', { allowed_prefixes: ['49', '371'] });
  await caller.call('POST', '/v1/mail-gateways/test', { to: 'a@example.com' });
}

test.each(languages)('the pages ($language)', async ({ language, options }) => {
  const desk = await openConsole(browser(), options);
  await becomeOwner(desk, vpn.installation, `owner-${language}`);
  const { look, open, main } = lookingAt(desk, language, import.meta.dirname);
  const { page } = desk;
  if (language === 'en') {
    await open('#/sms', '.empty');
    await look('sms-none');
    await addGateways();
    await page.reload();
  }
  await open('#/sms', '.order-item');
  await page.locator('details.fold summary').first().click();
  await look('sms');
  await page.locator('.page-actions .button-main').click();
  await page.locator('dialog [type="radio"]').nth(2).check();
  await page.locator('dialog').locator(main).click();
  await page.locator('[name="host"]').waitFor();
  if (language === 'de') await look('sms-new');
  await page.keyboard.press('Escape');
  await open('#/mail', '.order-item');
  await look('mail');
  await page.locator('.source-actions button').first().click();
  await page.locator('[name="to"]').fill('olivia@example.com');
  await page.locator('dialog').locator(main).click();
  await page.locator('.login-step').waitFor();
  await look('mail-test');
  expect(desk.complaints).toEqual([]);
  await desk.close();
});

// Each language in one look.
test.each(someLooks)('the phone: $language, $scheme', async ({ language, scheme, options }) => {
  const application = await vpn.addApplication(`Phone ${language} ${scheme}`);
  const user = { application_id: application.id, username: 'alice' };
  await caller.call('POST', '/v1/users', { ...user, phone: '+491705550001', email: 'alice@example.com' });
  const phone = await openPhone(browser(), options);
  const { page } = phone;
  for (const kind of ['sms', 'email_code']) {
    await page.goto(await requiring(caller, application, [kind]));
    await page.locator('.page .button-main[type="submit"]').click();
    const to = page.locator('input[inputmode="tel"], input[inputmode="email"]');
    await to.fill(kind === 'sms' ? '+491705550001' : 'alice@example.com');
    const look = async (name: string): Promise<void> => {
      await expectAccessible(page, name);
      await expectToFit(page, name);
      await picture(page, `phone/${kind}-${name}-${language}-${scheme}`, true);
    };
    await look('1-where');
    await page.locator('.page .button-main[type="submit"]').click();
    await page.locator('input[autocomplete="one-time-code"]').fill('12345');
    await look('2-code');
  }
  expect(phone.complaints).toEqual([]);
  await phone.close();
});
