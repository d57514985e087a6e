// What is remembered of onboarding links, and the rows that are made when one is used.
import type { Read, Tx } from '#db/db.ts';
import type { Flag } from '#db/flag.ts';
import type { DeviceTable } from '#db/device-tables.ts';
import type { OnboardingLinkRow } from './onboarding-link.ts';

/** The user's application, or undefined when there is no such user in what the caller sees. */
export async function findApplicationOfUser(
  read: Read,
  visible: string | null,
  userId: string,
): Promise<string | undefined> {
  const query = read.selectFrom('users').select('application_id').where('id', '=', userId);
  const row = await (visible === null
    ? query
    : query.where('application_id', '=', visible)
  ).executeTakeFirst();
  return row?.application_id;
}

export async function insertLink(tx: Tx, row: OnboardingLinkRow & { ticket_hash: string }): Promise<void> {
  await tx
    .insertInto('onboarding_links')
    .values({ ...row, device_id: null })
    .execute();
}

const selectLinks = (read: Read) =>
  read
    .selectFrom('onboarding_links')
    .innerJoin('users', 'users.id', 'onboarding_links.user_id')
    .select([
      'onboarding_links.id',
      'onboarding_links.user_id',
      'onboarding_links.created_at',
      'onboarding_links.expires_at',
      'onboarding_links.used_at',
      'users.application_id',
    ]);

export interface LinkFilter {
  readonly userId: string | undefined;
  /** Only links older than the one with this id. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Newest first: ids sort by the time they were made. */
export function listLinkRows(
  read: Read,
  visible: string | null,
  { userId, before, limit }: LinkFilter,
): Promise<OnboardingLinkRow[]> {
  let query = selectLinks(read).orderBy('onboarding_links.id', 'desc').limit(limit);
  if (visible !== null) query = query.where('users.application_id', '=', visible);
  if (userId !== undefined) query = query.where('onboarding_links.user_id', '=', userId);
  if (before !== undefined) query = query.where('onboarding_links.id', '<', before);
  return query.execute();
}

export function findLink(read: Read, visible: string | null, id: string) {
  const query = selectLinks(read).where('onboarding_links.id', '=', id);
  return (visible === null ? query : query.where('users.application_id', '=', visible)).executeTakeFirst();
}

/** @returns false when it is gone already. */
export async function deleteLink(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.deleteFrom('onboarding_links').where('id', '=', id).returning('id').execute();
  return rows.length === 1;
}

/** The application as devices are told of it. */
export const applicationOf = ({ application_name, access_id, logo, background }: OpenTicket) => ({
  name: application_name,
  access_id,
  logo,
  background,
});

/** What a ticket that still works is for. */
export interface OpenTicket {
  readonly link_id: string;
  readonly expires_at: number;
  readonly user_id: string;
  readonly username: string;
  readonly full_name: string;
  readonly user_enabled: Flag;
  readonly application_id: string;
  readonly application_name: string;
  readonly access_id: string;
  readonly logo: string | null;
  readonly background: string | null;
  readonly application_enabled: Flag;
}

/** @param now epoch milliseconds; a ticket works until, not at, its expiry. */
export const findOpenTicket = (
  read: Read,
  ticketHash: string,
  now: number,
): Promise<OpenTicket | undefined> =>
  read
    .selectFrom('onboarding_links')
    .innerJoin('users', 'users.id', 'onboarding_links.user_id')
    .innerJoin('applications', 'applications.id', 'users.application_id')
    .select([
      'onboarding_links.id as link_id',
      'onboarding_links.expires_at',
      'users.id as user_id',
      'users.username',
      'users.full_name',
      'users.enabled as user_enabled',
      'applications.id as application_id',
      'applications.name as application_name',
      'applications.access_id',
      'applications.logo',
      'applications.background',
      'applications.enabled as application_enabled',
    ])
    .where('onboarding_links.ticket_hash', '=', ticketHash)
    .where('onboarding_links.used_at', 'is', null)
    .where('onboarding_links.expires_at', '>', now)
    .executeTakeFirst();

export async function keyHasDevice(read: Read, thumbprint: string): Promise<boolean> {
  const row = await read
    .selectFrom('devices')
    .select('id')
    .where('key_thumbprint', '=', thumbprint)
    .executeTakeFirst();
  return row !== undefined;
}

export interface NotedUser {
  readonly limit: number;
  readonly enabled: boolean;
  readonly enrolling: boolean;
  readonly replaces: boolean;
  readonly coolDownSeconds: number;
}

/**
 * Notes the onboarding on the user, and by that locks the user's row until the transaction ends: onboardings of one user go one by one.
 * @returns how many devices the user may have, whether a new one replaces the oldest, whether user and application are enabled, whether
 *   devices are bound at all, and how long another one cannot approve; undefined when the user is gone.
 */
export async function noteOnboarding(tx: Tx, userId: string, now: number): Promise<NotedUser | undefined> {
  const user = await tx
    .updateTable('users')
    .set({ last_onboarded_at: now })
    .where('id', '=', userId)
    .returning(['application_id', 'device_limit', 'enabled'])
    .executeTakeFirst();
  if (!user) return undefined;
  const application = await tx
    .selectFrom('applications')
    .select(['device_limit', 'device_mode', 'enabled', 'enrolment', 'new_device_cool_down_seconds'])
    .where('id', '=', user.application_id)
    .executeTakeFirstOrThrow();
  return {
    limit: user.device_limit ?? application.device_limit,
    enabled: user.enabled === 1 && application.enabled === 1,
    enrolling: application.enrolment === 'open',
    replaces: application.device_mode === 'override',
    coolDownSeconds: application.new_device_cool_down_seconds,
  };
}

/** @param deviceId null where the device is still to come. @returns false when the ticket was used, withdrawn or has expired meanwhile. */
export async function consumeTicket(
  tx: Tx,
  linkId: string,
  deviceId: string | null,
  now: number,
): Promise<boolean> {
  const rows = await tx
    .updateTable('onboarding_links')
    .set({ used_at: now, device_id: deviceId })
    .where('id', '=', linkId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .execute();
  return rows.length === 1;
}

export async function insertDevice(tx: Tx, row: DeviceTable): Promise<void> {
  await tx.insertInto('devices').values(row).execute();
}
