// The console in a real Chromium, as an administrator's hands use it: each one in a browser of its own.
import type { ServerInstallation } from '@countersign/testkit/peers/server-process.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  expectAccessible,
  expectToFit,
  type ObservedPage,
  openPage,
  picturesIn,
  schemes,
} from './browser.ts';
import { addVirtualAuthenticator, type VirtualAuthenticator } from './virtual-authenticator.ts';

export interface Console extends ObservedPage {
  /** Waits for the h1. */
  heading(name: string): Promise<void>;
  /** Opens an address after the `#` without loading the page anew. */
  go(hash: string): Promise<void>;
  press(name: string): Promise<void>;
}

const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 860 }, locale: 'en-GB' };

export async function openConsole(browser: Browser, options: BrowserContextOptions = {}): Promise<Console> {
  const observed = await openPage(browser, { ...desktop, ...options });
  const { page } = observed;
  return {
    ...observed,
    heading: (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor(),
    go: async (hash) => {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    },
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
  };
}

/** A setup link as the command line prints it: it leads to the console. */
export async function setupLink(installation: ServerInstallation): Promise<string> {
  const { stdout, stderr } = await installation.countersign(['setup-link']);
  const link = /https?:\/\/\S+\/#\/setup\/\S+/.exec(stdout)?.[0];
  if (link === undefined) throw new Error(`no setup link: ${stdout}${stderr}`);
  return link;
}

/** The first owner, signed in with a passkey. */
export async function becomeOwner(
  console: Console,
  installation: ServerInstallation,
  username = 'olivia',
): Promise<VirtualAuthenticator> {
  const passkeys = await addVirtualAuthenticator(console.page);
  await console.page.goto(await setupLink(installation));
  await console.page.locator('input[name="username"]').fill(username);
  await console.page.locator('.form-actions [type="submit"]').click();
  await console.page.locator('.frame').waitFor();
  return passkeys;
}

/** The hands and eyes of a test that looks at every screen. @param scenario folder that gets the pictures */
export function lookingAt({ page, go }: Console, language: string, scenario: string) {
  const picture = picturesIn(scenario);
  return {
    picture,
    look: (name: string) => lookAt(page, `${name}-${language}`, picture),
    open: async (hash: string, ready: string) => {
      await go(hash);
      await page.locator(ready).first().waitFor();
    },
    field: (name: string) => page.locator(`input[name="${name}"]`),
    main: page.locator('.form-actions [type="submit"]'),
  };
}

/** A new setup link takes the place of the one before: who becomes an owner does so one after the other. */
export function oneAfterAnother(): (setUp: () => Promise<unknown>) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (setUp) => (last = last.then(setUp));
}

const sizes = [
  { size: 'wide', viewport: { width: 1280, height: 860 } },
  { size: 'narrow', viewport: { width: 390, height: 844 } },
] as const;

/**
 * axe-core, width and pictures at both sizes, light and dark; it stays wide and light. One language is looked at wide in light and narrow
 * in dark, the other the other way round: every two of language, scheme and size meet, in half the time. A test scale above 1 looks at all.
 * @param name ends in the language, as in `users-en`
 */
export async function lookAt(
  page: Page,
  name: string,
  picture: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const turn = name.endsWith('-de') ? 1 : 0;
  for (const [index, { size, viewport }] of sizes.entries()) {
    await page.setViewportSize(viewport);
    const seen = testScale() > 1 ? schemes : schemes.filter((_, at) => at === (index + turn) % 2);
    for (const colorScheme of seen) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, `${name}-${colorScheme} (${size})`);
      await picture(page, `${size}/${name}-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await expectToFit(page, `${name} (${size})`);
  }
  // Reflow at 400 % of 1280 (WCAG 1.4.10), and a phone at nearly twice the size.
  await page.setViewportSize({ width: 320, height: 600 });
  await expectToFit(page, `${name} (zoomed)`);
  await page.setViewportSize({ width: 1280, height: 860 });
}
