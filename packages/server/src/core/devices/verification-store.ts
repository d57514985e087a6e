// What is remembered of the credentials with which devices verify their users, and of the ceremonies that make them.
import type { Read, Tx } from '#db/db.ts';
import { updateOf } from '#db/row-statement.ts';
import type { VerificationCeremonyTable, VerificationCredentialTable } from '#db/device-tables.ts';

/** What the device's application wants, and what the device has. */
export const findVerification = (read: Read, deviceId: string) =>
  read
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .innerJoin('applications', 'applications.id', 'users.application_id')
    .leftJoin('verification_credentials', 'verification_credentials.device_id', 'devices.id')
    .select([
      'applications.user_verification',
      'verification_credentials.credential_id',
      'verification_credentials.public_key',
      'verification_credentials.created_at',
    ])
    .where('devices.id', '=', deviceId)
    .executeTakeFirst();

/** Replaces the one before: only the newest can be finished. */
export async function putCeremony(tx: Tx, row: VerificationCeremonyTable): Promise<void> {
  const { device_id: _, ...rest } = row;
  await tx
    .insertInto('verification_ceremonies')
    .values(row)
    .onConflict((c) => c.column('device_id').doUpdateSet(rest))
    .execute();
}

/** Uses it up. @returns its challenge, or undefined when there is none or it is too late. */
export async function takeCeremony(tx: Tx, deviceId: string, now: number): Promise<string | undefined> {
  const row = await tx
    .deleteFrom('verification_ceremonies')
    .where('device_id', '=', deviceId)
    .returning(['challenge', 'expires_at'])
    .executeTakeFirst();
  return row && row.expires_at > now ? row.challenge : undefined;
}

/** @returns false when the device has one already. */
export async function addCredential(tx: Tx, row: VerificationCredentialTable): Promise<boolean> {
  const rows = await tx
    .insertInto('verification_credentials')
    .values(row)
    .onConflict((c) => c.column('device_id').doNothing())
    .returning('device_id')
    .execute();
  return rows.length === 1;
}

/** Counts an assertion once; `id` is the device's. Two at the same moment cannot both have the same count. */
export const countAssertion = updateOf<{ id: string; public_key: string; sign_count: number; now: number }>({
  table: 'verification_credentials',
  parameters: { id: 'text', public_key: 'text', sign_count: 'bigint', now: 'bigint' },
  set: 'sign_count = :sign_count, last_used_at = :now',
  where: `verification_credentials.device_id = :id and verification_credentials.public_key = :public_key
    and (verification_credentials.sign_count < :sign_count
      or (verification_credentials.sign_count = 0 and :sign_count = 0))`,
  required: true,
});
