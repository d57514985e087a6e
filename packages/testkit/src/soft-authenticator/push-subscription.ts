// A device's push subscription by the device protocol (section 8).
import { OwnPushSubscription } from '@countersign/contract/device-models.ts';
import type { PushText } from '@countersign/contract/device-protocol.ts';
import type { SoftAuthenticator } from './soft-authenticator.ts';

const path = '/v1/device/push-subscription';

export const getPush = async ({ connection }: SoftAuthenticator): Promise<OwnPushSubscription> =>
  OwnPushSubscription.parse(await connection.call('GET', path));

/** @throws ServerProblem */
export const putPush = async (
  { connection }: SoftAuthenticator,
  subscription: unknown,
): Promise<OwnPushSubscription> =>
  OwnPushSubscription.parse(await connection.call('PUT', path, { body: subscription }));

/** @throws ServerProblem */
export const activatePush = async (
  { connection }: SoftAuthenticator,
  token: string,
): Promise<OwnPushSubscription> =>
  OwnPushSubscription.parse(await connection.call('POST', `${path}/activate`, { body: { token } }));

export async function removePush({ connection }: SoftAuthenticator): Promise<void> {
  await connection.call('DELETE', path);
}

/** What a push says; a device without keys is told nothing. */
export const readPush = (text: string): PushText | undefined =>
  text === '' ? undefined : (JSON.parse(text) as PushText);
