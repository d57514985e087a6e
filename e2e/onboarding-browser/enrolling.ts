// A phone that is bound by the code of an application, and what the application requires.
import type { Application } from '@countersign/contract/models.ts';
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import type { Page } from 'playwright-core';
import type { ApiCaller } from '../api-caller.ts';
import type { VpnUser } from '../vpn.ts';

/** What is required from now on, and the code with which anybody begins. */
export async function requiring(
  caller: ApiCaller,
  { id }: Application,
  kinds: readonly string[],
): Promise<string> {
  const path = `/v1/applications/${id}/requirements`;
  const { revision } = await caller.call<Requirements>('GET', path);
  const { enrolment_link: link } = await caller.call<Requirements>('PUT', path, {
    revision,
    requirements: kinds.map((kind) => ({ kind })),
    acknowledged: ['password_binds_device', 'sms_binds_device', 'email_binds_device'],
  });
  return link;
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

/** Opens the code of an application and begins. */
export async function begin(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await press(page, 'Begin');
}

export async function giveCredentials(page: Page, { username, password }: VpnUser): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Continue');
}

/** The words under the picture that is on the screen. */
export async function pictureWords(page: Page): Promise<string> {
  const words = page.locator('.compared figcaption');
  await words.first().waitFor();
  return (await words.innerText()).replaceAll(/\s+/g, ' ').trim();
}

/** The shapes as they are drawn. */
export const pictureShapes = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `[...document.querySelectorAll('.compared-shape')].map((it) => it.getAttribute('d') + it.getAttribute('fill')).join()`,
  );
