// What decides whether a user may have one more device, and what must stand up for it.
import type { Read } from '#db/db.ts';
import type { RequiringApplication } from './application-requirements.ts';

export interface UserFacts {
  readonly id: string;
  readonly username: string;
  readonly fullName: string;
  readonly enabled: boolean;
  /** Devices that are not revoked. */
  readonly devices: number;
  /** How many the user may have. */
  readonly limit: number;
  /** Whether the user's phone signs an administrator in. */
  readonly signsIn: boolean;
}

/** Undefined when the application has no such user. */
export async function findUserFacts(
  read: Read,
  { id: applicationId, device_limit }: Pick<RequiringApplication, 'id' | 'device_limit'>,
  userId: string,
): Promise<UserFacts | undefined> {
  const row = await read
    .selectFrom('users')
    .select((e) => [
      'id',
      'username',
      'full_name',
      'enabled',
      'device_limit',
      e
        .selectFrom('devices')
        .select((d) => d.fn.countAll<number>().as('count'))
        .whereRef('devices.user_id', '=', 'users.id')
        .where('revoked_at', 'is', null)
        .as('devices'),
      e
        .selectFrom('administrators')
        .select((a) => a.fn.countAll<number>().as('count'))
        .whereRef('administrators.phone_user_id', '=', 'users.id')
        .as('administrators'),
    ])
    .where('id', '=', userId)
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    username: row.username,
    fullName: row.full_name,
    enabled: row.enabled === 1,
    devices: Number(row.devices),
    limit: row.device_limit ?? device_limit,
    signsIn: Number(row.administrators) > 0,
  };
}
