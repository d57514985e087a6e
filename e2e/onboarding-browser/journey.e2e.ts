// Phone and console side by side: what an administrator sets up, what a person shows, and what both see meanwhile.
import type { Application } from '@countersign/contract/models.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { expectAccessible, picturesIn, sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { heading, openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import {
  begin,
  devicesOf,
  giveCredentials,
  linkFor,
  newApplication,
  newUser,
  pictureShapes,
  pictureWords,
  press,
  requiring,
} from './enrolling.ts';

const browser = sharedBrowser();
const picture = picturesIn(import.meta.dirname);
let vpn: Vpn;
let caller: ApiCaller;
let desk: Console;
beforeAll(async () => {
  vpn = await deployVpn();
  caller = await apiCaller(vpn.installation);
  desk = await openConsole(browser());
  await becomeOwner(desk, vpn.installation);
});
afterAll(async () => {
  await desk?.close();
  await vpn?.stop();
});

test('requirements are set up, the risk is read; then credentials and in person, in order, by the same picture', async () => {
  const application = await newApplication(caller, 'In person');
  const user = await newUser(caller, application);
  const { page } = desk;
  await desk.go(`#/applications/${application.id}/requirements`);
  await desk.heading('Onboarding requirements');
  await page.getByLabel('Another requirement').selectOption('simple_credentials');
  await desk.press('Add');
  await desk.press('Remove “Onboarding link”');
  const save = page.getByRole('button', { name: 'Save', exact: true }).first();
  expect(await save.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel('I have read this and accept it.').check();
  expect(await save.getAttribute('aria-disabled')).toBeNull();
  await page.getByLabel('Another requirement').selectOption('manual');
  await desk.press('Add');
  await desk.press('Move “In person” up');
  await desk.press('Move “In person” down');
  await save.click();
  await page.getByText('Saved').first().waitFor();
  const link = await page.locator('.phone-code code').innerText();

  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await phone.page.getByText('Step 1 of 2').waitFor();
  await giveCredentials(phone.page, { ...user, password: 'certainly not' });
  await phone.page.getByText('That was not accepted').waitFor();
  await giveCredentials(phone.page, user);
  await phone.page.getByText('Step 2 of 2').waitFor();
  await press(phone.page, 'Show the picture');
  const words = await pictureWords(phone.page);
  const shapes = await pictureShapes(phone.page);

  // The app is closed and opened again: the same picture is there.
  await phone.page.goto(`${vpn.installation.url}/authenticator/`);
  await phone.page.getByRole('link', { name: /Go on binding this device/ }).click();
  expect(await pictureWords(phone.page)).toBe(words);

  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.heading('Users pending manual approval');
  expect(await pictureWords(page)).toBe(words);
  expect(await pictureShapes(page)).toBe(shapes);
  await page.getByRole('img', { name: 'Somebody waits' }).waitFor();
  await desk.press('It is the same picture: approve');
  await heading(phone.page, 'This device is bound');
  await page.getByText('Nobody waits').waitFor();

  await desk.go(`#/applications/${application.id}/onboarding`);
  await page.getByRole('button', { name: new RegExp(user.username) }).click();
  const groups = page.locator('.step-groups h3');
  await groups.first().waitFor();
  // What the console knew of it is brought up to date as it is opened.
  const said = () => groups.allInnerTexts();
  await expect
    .poll(said)
    .toEqual(['System', 'In person', 'System', 'In person', 'User name and password', 'System']);
  expect(await page.locator('.onboarding-steps li').first().innerText()).toContain('was bound to user');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});

test('another device: the old one is asked for the number; binds after it', async () => {
  const application = await newApplication(caller, 'Two phones', { device_limit: 2 });
  const user = await newUser(caller, application);
  const old = await openPhone(browser());
  await old.bind(await linkFor(caller, user));
  const link = await requiring(caller, application, ['simple_credentials']);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await giveCredentials(phone.page, user);
  await press(phone.page, 'Ask the old device');
  const number = await phone.page.locator('.enrol-number').innerText();
  await old.request('Add another device');
  await old.page.getByRole('textbox').fill(number);
  await old.approve();
  await heading(phone.page, 'This device is bound');
  expect(await devicesOf(caller, user)).toHaveLength(2);
  expect([...phone.complaints, ...old.complaints]).toEqual([]);
  await Promise.all([old.close(), phone.close()]);
});

test('in person alone: who says to be nobody is refused with a reason, which the phone shows; a user is approved', async () => {
  const application = await newApplication(caller, 'Refused');
  const link = await requiring(caller, application, ['manual']);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await phone.page.getByLabel('User name').fill('nobody here');
  await press(phone.page, 'Show the picture');
  const words = await pictureWords(phone.page);
  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.page.getByText('Nobody here is called “nobody here”').waitFor();
  expect(await pictureWords(desk.page)).toBe(words);
  await desk.press('Refuse …');
  await desk.page.locator('input[name="reason"]').fill('I do not know you');
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
  await phone.page.getByText('I do not know you').waitFor();
  await press(phone.page, 'Begin anew');
  await phone.page.getByText('Step 1 of 1').waitFor();
  const user = await newUser(caller, application);
  await phone.page.getByLabel('User name').fill(user.username);
  await press(phone.page, 'Show the picture');
  const others = await pictureWords(phone.page);
  expect(others).not.toBe(words);
  await desk.page.getByText(user.username).first().waitFor();
  await expect.poll(() => pictureWords(desk.page)).toBe(others);
  await desk.press('It is the same picture: approve');
  await heading(phone.page, 'This device is bound');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});

test('credentials, then an administrator: watched live, destroyed, begun afresh, approved', async () => {
  const application = await newApplication(caller, 'Stuck');
  const user = await newUser(caller, application);
  const link = await requiring(caller, application, ['simple_credentials', 'administrator_approval']);
  const { page } = desk;
  await desk.go(`#/applications/${application.id}/onboarding`);
  await page.getByText('No phone has asked yet').waitFor();
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await giveCredentials(phone.page, user);
  await page.getByRole('button', { name: new RegExp(user.username) }).click();
  await page.getByText('The password was correct.').waitFor();
  await desk.press('Destroy');
  await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click();
  await page.locator('.badge', { hasText: 'Destroyed' }).waitFor();
  await press(phone.page, 'Ask for approval');
  await phone.page.getByText('This device was not bound').waitFor();
  await press(phone.page, 'Begin anew');
  await giveCredentials(phone.page, user);
  await press(phone.page, 'Ask for approval');
  await phone.page.getByText('An administrator has been asked').waitFor();
  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.press('Approve');
  await heading(phone.page, 'This device is bound');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});

test('an onboarding link, then an administrator: the link leads on', async () => {
  const application = await newApplication(caller, 'Link and more');
  const user = await newUser(caller, application);
  await requiring(caller, application, ['activation_link', 'administrator_approval']);
  const link = await linkFor(caller, user);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await phone.page.getByText('Step 1 of 2').waitFor();
  await press(phone.page, 'Continue');
  await press(phone.page, 'Ask for approval');
  await desk.go(`#/applications/${application.id}/approvals`);
  await desk.press('Approve');
  await heading(phone.page, 'This device is bound');
  await phone.close();
});

test('enrolment that is closed says so, and a bound phone goes on; logins are closed apart from it', async () => {
  const application = await newApplication(caller, 'Closed');
  const radius = await vpn.addGateway({ application: application.id });
  const user = await newUser(caller, application);
  const bound = await openPhone(browser());
  await bound.bind(await linkFor(caller, user));
  const link = await requiring(caller, application, ['simple_credentials']);
  const { page } = desk;
  const save = page.locator('form .form-actions [type="submit"]').first();
  const saved = async () => {
    await save.click();
    await page.getByText('Saved').first().waitFor();
  };
  await desk.go(`#/applications/${application.id}/requirements`);
  await page.getByRole('radio', { name: /^Closed/ }).check();
  await saved();
  await page.getByText('The other rules can be changed once').waitFor();
  expect(await page.getByRole('radio', { name: /^Several/ }).isDisabled()).toBe(true);
  await expectAccessible(page, 'closed rules');
  await picture(page, 'wide/rules-closed-en-light', true);
  const phone = await openPhone(browser());
  await phone.page.goto(link);
  await phone.page.getByText('No device is bound at present').waitFor();
  expect((await caller.call<{ items: object[] }>('GET', '/v1/audit-events?limit=1')).items).toMatchObject([
    { event: 'onboarding.closed', subject_id: application.id },
  ]);
  const reply = radclient(radius, papLogin(user.username, user.password));
  await bound.request('Log in to Closed');
  await bound.approve();
  expect((await reply).code).toBe('Access-Accept');

  await desk.go(`#/applications/${application.id}/settings`);
  await page.getByRole('radio', { name: /^Closed/ }).check();
  await page.getByText('Nobody gets in while it is closed').waitFor();
  await expectAccessible(page, 'closed logins');
  await picture(page, 'wide/settings-closed-en-light', true);
  await saved();
  expect((await radclient(radius, papLogin(user.username, user.password))).code).toBe('Access-Reject');
  expect((await vpn.lastActivity(user.username)).reason).toBe('authorisation_closed');
  expect([...phone.complaints, ...bound.complaints, ...desk.complaints]).toEqual([]);
  await Promise.all([phone.close(), bound.close()]);
});

test('an approval that becomes the second factor later is read about first, too', async () => {
  const application = await newApplication(caller, 'Detour', {
    second_factor: 'none',
    device_mode: 'override',
  });
  await requiring(caller, application, ['simple_credentials']);
  const { page } = desk;
  await desk.go(`#/applications/${application.id}/settings`);
  const save = page.locator('form .form-actions [type="submit"]').first();
  await page.getByRole('radio', { name: /^Approval on the phone/ }).check();
  await save.click();
  await page.getByText('The password alone binds a phone').waitFor();
  await expectAccessible(page, 'risks of an application');
  await picture(page, 'wide/settings-risks-en-light', true);
  for (const box of await page.getByLabel('I have read this and accept it.').all()) await box.check();
  await save.click();
  await page.getByText('Saved').first().waitFor();
  const after = await caller.call<Application>('GET', `/v1/applications/${application.id}`);
  expect(after).toMatchObject({ second_factor: 'push', device_mode: 'override' });
  expect(desk.complaints).toEqual([]);
});
