// A phone with the authenticator open in it, as somebody's hands use it.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { letPass, type ObservedPage, openPage, picturesIn } from '../browser.ts';
import type { Vpn, VpnUser } from '../vpn.ts';

export interface Phone extends ObservedPage {
  /** Opens an onboarding link and binds this phone. */
  bind(link: string, name?: string): Promise<void>;
  /** Waits for a request on the screen. */
  request(title?: string): Promise<void>;
  approve(): Promise<void>;
  deny(): Promise<void>;
  /** Waits for how it ended. */
  outcome(title: string): Promise<void>;
}

const portrait: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'en-GB',
  userAgent:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
};

export async function openPhone(browser: Browser, options: BrowserContextOptions = {}): Promise<Phone> {
  const observed = await openPage(browser, { ...portrait, ...options });
  const { page } = observed;
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  return {
    ...observed,
    async bind(link, name) {
      await page.goto(link);
      if (name !== undefined) await page.getByLabel('Name of this device').fill(name);
      await press('Bind this device');
      await heading(page, 'This device is bound');
      await page.getByRole('link', { name: 'Done' }).click();
    },
    request: async (title = 'Log in to VPN') => {
      await heading(page, title);
      // A request does not take an answer in its first moment, when a thumb may be on its way to something else.
      await letPass(page, 650);
    },
    approve: () => press('Approve'),
    deny: () => press('Deny'),
    outcome: (title) => heading(page, title),
  };
}

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** A user and a phone that is bound to it. */
export async function phoneOf(
  vpn: Vpn,
  browser: Browser,
  user: VpnUser,
  options: BrowserContextOptions = {},
): Promise<Phone> {
  const phone = await openPhone(browser, options);
  await phone.bind(await vpn.onboardingLink(user));
  return phone;
}

/** Build output, to be looked at. */
export const picture = picturesIn(import.meta.dirname);
