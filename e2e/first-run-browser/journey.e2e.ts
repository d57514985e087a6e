// The whole first run, as somebody new to it goes it: one browser for the console, one for the phone, at the end a login by radclient.
import type { ServerInstallation, ServerProcess } from '@countersign/testkit/peers/server-process.ts';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, focusedText, openBrowser, picturesIn } from '../browser.ts';
import type { Console } from '../console.ts';
import { openPhone, type Phone } from '../phone-onboarding/phone.ts';
import { becomeAdministrator, newServer, openSetup } from './new-server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const picture = picturesIn(import.meta.dirname);
const password = 'one for alice';

describe.each(['password', 'passkey'] as const)('an administrator with a %s', (how) => {
  let installation: ServerInstallation;
  let server: ServerProcess;
  let console_: Console;
  let phone: Phone;
  let began: number;
  let line: string;
  beforeAll(async () => {
    installation = await newServer();
    server = await installation.start();
    phone = await openPhone(browser, { deviceScaleFactor: 1 });
  });
  afterAll(async () => {
    await phone?.close();
    await console_?.close();
    await server?.terminate();
    installation?.remove();
  });

  const look = async (name: string, of: Phone | Console = console_) => {
    await expectAccessible(of.page, name);
    await picture(of.page, `journey-${how}/${name}`);
  };
  const field = (name: string) => console_.page.locator(`input[name="${name}"]`);

  test('the setup link leads through administrator, application and RADIUS client', async () => {
    began = performance.now();
    console_ = await openSetup(browser, installation);
    const { page, press } = console_;
    await look('01-administrator');
    await becomeAdministrator(console_, how, 'olivia');
    await look('02-application');
    await field('name').fill('VPN');
    await press('Create application');
    await page.getByText('Where is it?').waitFor();
    await page.getByRole('link', { name: 'Skip this step for now' }).click();
    // Without a RADIUS client nobody can log in: there is nothing after the user to go on to.
    await page.getByRole('link', { name: 'Not now: to the console' }).waitFor();
    await page.locator('.stepper').getByText('RADIUS client').click();
    await page.getByText('Where is it?').waitFor();
    await look('03-client');
    await press('Create RADIUS client');
    await page.locator('.secret-text').waitFor();
    await look('04-client-made');
    await page.getByRole('link', { name: 'Continue' }).click();
  });

  test('a user, and a phone that is bound by the link; the console sees it by itself', async () => {
    const { page, press } = console_;
    await page.getByRole('link', { name: 'Skip this step for now' }).click();
    await page.getByText('There is no user yet').waitFor();
    await page.getByRole('link', { name: 'Create the first user' }).click();
    await page.getByText('At least 8 characters.').waitFor();
    await field('username').fill('alice');
    await field('password').fill(password);
    await look('05-user');
    await press('Create user');
    await press('Make an onboarding link');
    await page.getByText('Waiting for the phone').waitFor();
    await look('06-phone');
    const link = await page.getByRole('link', { name: 'Open it on this machine' }).getAttribute('href');
    expect(await page.locator('.secret-text').innerText()).toBe(link);
    await page.getByText('The link works once, until').waitFor();
    await phone.page.goto(link ?? '');
    await phone.page.getByRole('button', { name: 'Bind this device' }).waitFor();
    await look('07-phone-binds', phone);
    await phone.page.getByLabel('Name of this device').fill('Pixel 8');
    await phone.page.getByRole('button', { name: 'Bind this device' }).click();
    await phone.page.getByRole('link', { name: 'Done' }).click();
    await page.getByText('“Pixel 8” is bound to alice.').waitFor();
    await look('08-bound');
    await page.getByRole('link', { name: 'Continue' }).click();
  });

  test('a login played by the server: its steps arrive, the phone approves, somebody is let in', async () => {
    const { page, press } = console_;
    await page.getByRole('button', { name: 'Log in now' }).waitFor();
    await look('09-login');
    expect(await field('password').inputValue()).toBe(password);
    await press('Log in now');
    await page.getByText('Phone asked').waitFor();
    await look('10-login-waits');
    await phone.request();
    await look('11-phone-asks', phone);
    await phone.approve();
    await phone.outcome('Approved');
    await page.getByRole('heading', { name: 'alice is let in' }).waitFor();
    await page.locator('.login-step').nth(5).waitFor();
    if (how === 'password') await page.getByRole('link', { name: 'Add your second factor' }).waitFor();
    await look('12-let-in');
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`first run with a ${how}: ${seconds} s from the setup link to the approved login\n`);
  });

  test('the same by the line for radclient, as it stands there', async () => {
    const { page } = console_;
    await page.getByText('The same login by a real RADIUS program').click();
    line = await page.locator('.fold code').innerText();
    await look('13-radclient');
    expect(line).toContain(`127.0.0.1:${installation.radiusPort}`);
    const login = runProgram(['sh', '-c', line.replace('THE-PASSWORD', password)]);
    await phone.request();
    await phone.approve();
    const { stdout } = await login;
    expect(stdout).toContain('Access-Accept');
    process.stdout.write(
      `first run with a ${how}: ${Math.round((performance.now() - began) / 1000)} s with radclient\n`,
    );
  });

  test('left and taken up again, it knows what is done; nothing was refused by the browser', async () => {
    const { page } = console_;
    await page.goto('about:blank');
    await page.goto(`${installation.url}/console/#/first-run`);
    await page.getByRole('button', { name: 'Log in now' }).waitFor();
    expect(await page.locator('.stepper-done').count()).toBe(5);
    const own = page.getByRole('link', { name: 'Add your second factor' });
    expect(await own.count()).toBe(how === 'password' ? 1 : 0);
    await look('14-again');
    await console_.go('#/first-run?step=client');
    await page.getByRole('link', { name: 'Lines for the configuration' }).click();
    await page.getByRole('heading', { name: 'Connect the gateway', level: 2 }).waitFor();
    await expect.poll(() => focusedText(page)).toBe('Connect the gateway');
    await page.getByText('It belongs to the application VPN').waitFor();
    const isSeen = `(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.activeElement.getBoundingClientRect())`;
    expect(await page.evaluate<boolean>(isSeen)).toBe(true);
    await page.goto(`${installation.url}/console/#/applications`);
    await page.locator('.table tbody th').waitFor();
    expect(await page.locator('.first-banner').count()).toBe(0);
    expect([...console_.complaints, ...phone.complaints]).toEqual([]);
    expect(server.output()).not.toContain(password);
  });
});
