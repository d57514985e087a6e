// The calls of one bound device: what is pending, the answer, what the server knows of it, and its removal.
import type { Answered, Newcomer, OwnCertificate, OwnDevice } from '@countersign/contract/device-models.ts';
import { type Connection, openConnection } from '../protocol/connection.ts';
import { type Challenge, openChallenge } from '../protocol/challenge.ts';
import { importPublicKey } from '../protocol/keys.ts';
import { serverClock } from '../platform/clock.ts';
import type { Account } from '../storage/database.ts';
import { sendRequest } from './send-request.ts';

export const connectionOf = ({ publicUrl, signingKey, signingJwk }: Account): Connection =>
  openConnection({ publicUrl, clock: serverClock, signer: { key: signingKey, jwk: signingJwk } });

interface Pending {
  readonly challenges: readonly { readonly id: string; readonly content: string }[];
}

/** Decrypts each challenge once, however often the server is asked. */
export function pendingChallenges(
  account: Account,
  connection: Connection,
): (signal: AbortSignal) => Promise<readonly Challenge[]> {
  const key = { privateKey: account.encryptionKey, kid: account.encryptionKid };
  let opened = new Map<string, Promise<Challenge | undefined>>();
  return async (signal) => {
    const { challenges } = (await connection.call('GET', '/v1/device/challenges', { signal })) as Pending;
    opened = new Map(
      challenges.map((each) => [
        each.id,
        // One that cannot be read cannot be shown; the others still can.
        opened.get(each.id) ?? openChallenge(each, key).catch(() => undefined),
      ]),
    );
    return (await Promise.all(opened.values())).filter((each) => each !== undefined);
  };
}

export const sendAnswer = async (
  connection: Connection,
  challengeId: string,
  answer: string,
): Promise<Answered> =>
  (await connection.call('POST', `/v1/device/challenges/${challengeId}/answer`, {
    body: { answer },
  })) as Answered;

export const ownDevice = async (connection: Connection): Promise<OwnDevice> =>
  (await connection.call('GET', '/v1/device')) as OwnDevice;

/** Newer devices of the same user, and those that are about to be bound. */
export const listNewcomers = async (connection: Connection): Promise<readonly Newcomer[]> =>
  ((await connection.call('GET', '/v1/device/newcomers')) as { readonly newcomers: readonly Newcomer[] })
    .newcomers;

export async function refuseNewcomer(connection: Connection, id: string): Promise<void> {
  await connection.call('POST', `/v1/device/newcomers/${id}/refuse`);
}

/** A new certificate for the key that the account has, or the one there is when that still holds long enough. */
export async function renewCertificate(
  account: Account,
): Promise<Pick<OwnCertificate, 'certificate' | 'chain' | 'certificate_expires_at'>> {
  const publicKey = await importPublicKey(account.signingJwk);
  const key = { privateKey: account.signingKey, publicKey };
  return (await sendRequest(key, (request) =>
    connectionOf(account).call('POST', '/v1/device/certificate', { body: { certificate_request: request } }),
  )) as OwnCertificate;
}

export async function removeDevice(connection: Connection): Promise<void> {
  await connection.call('DELETE', '/v1/device');
}
