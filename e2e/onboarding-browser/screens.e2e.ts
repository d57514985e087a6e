// Every page and screen of onboarding by requirements, in both languages, light and dark, at both sizes: axe-core, width, pictures.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { expectAccessible, expectToFit, languages, picturesIn, schemes, sharedBrowser } from '../browser.ts';
import { becomeOwner, lookingAt, openConsole } from '../console.ts';
import { openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { newApplication, newUser, requiring } from './enrolling.ts';

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

const main = '.page .button-main[type="submit"]';

test.each(languages)('phone: $language', async ({ language, options }) => {
  const application = await newApplication(caller, `Phone ${language}`);
  const user = await newUser(caller, application);
  const kinds = ['simple_credentials', 'manual', 'administrator_approval'];
  const link = await requiring(caller, application, kinds);
  const phone = await openPhone(browser(), options);
  const { page } = phone;
  const look = async (name: string): Promise<void> => {
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, name);
      await expectToFit(page, name);
      await picture(page, `phone/${name}-${language}-${colorScheme}`, true);
    }
  };
  await page.goto(link);
  await page.locator('.enrol-list').waitFor();
  await look('1-offer');
  await page.locator(main).click();
  const password = page.locator('input[type="password"]');
  await page.locator('input[autocomplete="username"]').fill(user.username);
  await password.fill('certainly not');
  await page.locator(main).click();
  await page.locator('.notice').waitFor();
  await look('2-credentials-wrong');
  await password.fill(user.password);
  await page.locator(main).click();
  await password.waitFor({ state: 'detached' });
  await look('3-in-person');
  await page.locator(main).click();
  await page.locator('.compared').waitFor();
  await look('4-picture');
  await page.goto(`${vpn.installation.url}/authenticator/`);
  await page.locator('a[href^="#/enrol/"]').waitFor();
  await look('5-unfinished');
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test.each(languages)('console: $language', async ({ language, options }) => {
  const application = await newApplication(caller, `Console ${language}`);
  const link = await requiring(caller, application, ['manual']);
  const desk = await openConsole(browser(), options);
  await becomeOwner(desk, vpn.installation, `owner-${language}`);
  const { look, open } = lookingAt(desk, language, import.meta.dirname);
  const phone = await openPhone(browser());
  await phone.page.goto(link);
  await phone.page.locator(main).click();
  await newUser(caller, application, `alice-${language}`);
  await phone.page.locator('input[autocomplete="username"]').fill(`alice-${language}`);
  await phone.page.locator(main).click();
  await phone.page.locator('.compared').waitFor();
  const at = `#/applications/${application.id}`;
  await open(`${at}/approvals`, '.compared');
  await look('approvals');
  await open(`${at}/onboarding`, '.activity-line');
  await desk.page.locator('.activity-line').click();
  await desk.page.locator('.step-groups').waitFor();
  await look('activities');
  await open(`${at}/requirements`, '.order-item');
  await desk.page.locator('.order-add select').selectOption('simple_credentials');
  await desk.page.locator('.order-add button').click();
  await desk.page.locator('.order-item').first().locator('button').last().click();
  await desk.page.locator('.risk-read').waitFor();
  await look('requirements');
  expect([...desk.complaints, ...phone.complaints]).toEqual([]);
  await Promise.all([desk.close(), phone.close()]);
});
