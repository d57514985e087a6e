// A phone that is bound by the code of an application, and what the application requires.
import { randomBytes } from 'node:crypto';
import type { Application, Device, User } from '@countersign/contract/models.ts';
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

/** As the command line makes them, only faster. */
export const newApplication = (
  caller: ApiCaller,
  name: string,
  fields: Partial<Application> = {},
): Promise<Application> =>
  caller.call('POST', '/v1/applications', { name, ...fields, acknowledged: ['more_devices'] });

let users = 0;
export async function newUser(
  caller: ApiCaller,
  { id: application_id }: Application,
  given = `user-${(users += 1)}`,
): Promise<VpnUser> {
  const password = `pw-${randomBytes(9).toString('base64url')}`;
  const user = { application_id, username: given, password };
  return { ...(await caller.call<User>('POST', '/v1/users', user)), password };
}

export const linkFor = async (caller: ApiCaller, { id: user_id }: VpnUser): Promise<string> =>
  (await caller.call<{ link: string }>('POST', '/v1/onboarding-links', { user_id })).link;

/** Those that are not removed. */
export const devicesOf = async (caller: ApiCaller, { id }: VpnUser): Promise<readonly Device[]> =>
  (await caller.call<{ items: readonly Device[] }>('GET', `/v1/devices?user_id=${id}`)).items.filter(
    ({ revoked_at: at }) => at === null,
  );

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
