// What is remembered of push subscriptions: one for each device, endpoint and auth secret sealed (who knows them can push).
import type { PushFailure } from '@countersign/contract/push-failures.ts';
import { mayApprove } from '#core/devices/cool-down.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { Find } from '#db/row-statement.ts';
import type { PushSubscriptionTable } from '#db/device-tables.ts';
import type { Vault } from '#platform/vault.ts';
import type { PushKeys } from './push-subscription.ts';

/** What a vault seals endpoints and auth secrets for; the owner is the subscription. */
const endpointPurpose = 'push-endpoint';
const authPurpose = 'push-auth';

export const sealTarget = (vault: Vault, id: string, { endpoint, keys }: PushTarget) => ({
  endpoint: vault.seal(endpointPurpose, id, Buffer.from(endpoint)),
  p256dh: keys && keys.p256dh,
  auth: keys && vault.seal(authPurpose, id, Buffer.from(keys.auth)),
});

export interface PushTarget {
  readonly endpoint: string;
  readonly keys: PushKeys | null;
}

type Sealed = Pick<PushSubscriptionTable, 'id' | 'endpoint' | 'p256dh' | 'auth'>;

export function openTarget(vault: Vault, { id, endpoint, p256dh, auth }: Sealed): PushTarget {
  const open = (purpose: string, text: string) => Buffer.from(vault.open(purpose, id, text)).toString();
  const keys = p256dh === null || auth === null ? null : { p256dh, auth: open(authPurpose, auth) };
  return { endpoint: open(endpointPurpose, endpoint), keys };
}

export const findSubscription = (read: Read, deviceId: string): Promise<PushSubscriptionTable | undefined> =>
  read.selectFrom('push_subscriptions').selectAll().where('device_id', '=', deviceId).executeTakeFirst();

/** Replaces the one before. */
export async function putSubscription(tx: Tx, row: PushSubscriptionTable): Promise<void> {
  const { device_id: _, ...rest } = row;
  await tx
    .insertInto('push_subscriptions')
    .values(row)
    .onConflict((c) => c.column('device_id').doUpdateSet(rest))
    .execute();
}

/** @returns whether it was this very token, in time and for the first time. */
export async function proveSubscription(
  tx: Tx,
  { deviceId, tokenHash, now }: { deviceId: string; tokenHash: string; now: number },
): Promise<boolean> {
  const rows = await tx
    .updateTable('push_subscriptions')
    .set({ proved_at: now })
    .where('device_id', '=', deviceId)
    .where('token_hash', '=', tokenHash)
    .where('token_expires_at', '>', now)
    .where('proved_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length === 1;
}

/** @param column a device's, whichever it is; or this very one. @returns its origin, or undefined when there is none. */
export async function deleteSubscription(
  tx: Tx,
  column: 'device_id' | 'id',
  value: string,
): Promise<{ readonly service: string } | undefined> {
  return tx
    .deleteFrom('push_subscriptions')
    .where(column, '=', value)
    .returning('service')
    .executeTakeFirst();
}

/** @param failure null: the last push went well. */
export async function noteFailure(
  tx: Tx,
  id: string,
  failure: { readonly cause: PushFailure; readonly status: number | null; readonly at: number } | null,
): Promise<void> {
  await tx
    .updateTable('push_subscriptions')
    .set({
      failure: failure?.cause ?? null,
      failure_status: failure?.status ?? null,
      failed_at: failure?.at ?? null,
    })
    .where('id', '=', id)
    .execute();
}

export interface SubscriptionToWake extends Sealed {
  readonly device_id: string;
  readonly device_name: string;
  readonly application_id: string;
  readonly failed_at: number | null;
}

const activeSubscriptions: Find<{ user_id: string; now: number }, SubscriptionToWake> = {
  parameters: { user_id: 'text', now: 'bigint' },
  select: `push_subscriptions.id, push_subscriptions.device_id, push_subscriptions.endpoint, push_subscriptions.p256dh,
    push_subscriptions.auth, push_subscriptions.failed_at, devices.name as device_name, users.application_id`,
  from: `devices join push_subscriptions on push_subscriptions.device_id = devices.id
    join users on users.id = devices.user_id`,
  where: `devices.user_id = :user_id and devices.revoked_at is null and ${mayApprove}
    and push_subscriptions.proved_at is not null`,
};

/** Of the devices that may approve. @param now epoch milliseconds */
export const findSubscriptionsToWake = (
  { findAll }: Pick<Db, 'findAll'>,
  userId: string,
  now: number,
): Promise<readonly SubscriptionToWake[]> => findAll(activeSubscriptions, { user_id: userId, now });
