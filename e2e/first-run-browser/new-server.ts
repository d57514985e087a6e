// A server as `npm start` makes it, and the hands of whoever sets it up.
import { newInstallation, type ServerInstallation } from '@countersign/testkit/peers/server-process.ts';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type Console, openConsole, setupLink } from '../console.ts';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';
import { roomForTests } from '../vpn.ts';

export const administratorPassword = 'correct horse battery staple';

export const newServer = () => newInstallation({ env: roomForTests });

/** Opens the setup link; the form is there. */
export async function openSetup(
  browser: Browser,
  installation: ServerInstallation,
  options: BrowserContextOptions = {},
): Promise<Console> {
  const console = await openConsole(browser, options);
  await addVirtualAuthenticator(console.page);
  await console.page.goto(await setupLink(installation));
  await console.page.locator('input[name="username"]').waitFor();
  return console;
}

/** Becomes the first owner. */
export async function becomeAdministrator(
  { page }: Console,
  how: 'password' | 'passkey',
  username: string,
): Promise<void> {
  await page.locator('input[name="username"]').fill(username);
  await page.locator(`input[value="${how}"]`).check();
  if (how === 'password') await page.locator('input[name="password"]').fill(administratorPassword);
  await page.locator('.form-actions [type="submit"]').click();
  await page.locator('.first-run').waitFor();
}
