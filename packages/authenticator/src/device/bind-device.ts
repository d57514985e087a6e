// Onboarding (device protocol section 3): what a ticket is for, and binding this device with it.
import type { InspectedTicket, Onboarded } from '@countersign/contract/device-models.ts';
import { serverClock } from '../platform/clock.ts';
import { openConnection } from '../protocol/connection.ts';
import { type DeviceKeys, newDeviceKeys, publicJwk, thumbprint } from '../protocol/keys.ts';
import type { Account } from '../storage/database.ts';
import { sendRequest } from './send-request.ts';

/** Consumes nothing. @throws ServerProblem, ServerUnreachable */
export async function inspectTicket(publicUrl: string, ticket: string): Promise<InspectedTicket> {
  const connection = openConnection({ publicUrl, clock: serverClock });
  const body = { ticket };
  return (await connection.call('POST', '/v1/device/onboarding/inspect', { body })) as InspectedTicket;
}

export interface Binding {
  readonly publicUrl: string;
  readonly ticket: string;
  readonly deviceName: string;
  readonly appVersion: string;
}

/** Makes new keys and uses the ticket up. Nothing is kept yet. @throws ServerProblem, ServerUnreachable */
export async function bindDevice({ publicUrl, ticket, deviceName, appVersion }: Binding): Promise<Account> {
  const keys = await newDeviceKeys();
  const device = { name: deviceName, platform: 'web', app_version: appVersion };
  return bindWith({ publicUrl, keys, device, path: '/v1/device/onboarding', more: { ticket } });
}

export interface BindingCall {
  readonly publicUrl: string;
  readonly keys: DeviceKeys;
  readonly device: { readonly name: string; readonly platform: string; readonly app_version: string };
  readonly path: string;
  /** Members of the body besides what every device gives. */
  readonly more: Readonly<Record<string, string>>;
}

/** @throws ServerProblem, ServerUnreachable */
export async function bindWith({ publicUrl, keys, device, path, more }: BindingCall): Promise<Account> {
  const { signing, encryption } = keys;
  const [signingJwk, encryptionJwk] = await Promise.all([
    publicJwk(signing.publicKey),
    publicJwk(encryption.publicKey),
  ]);
  const connection = openConnection({
    publicUrl,
    clock: serverClock,
    signer: { key: signing.privateKey, jwk: signingJwk },
  });
  const bound = (await sendRequest(signing, (request) =>
    connection.call('POST', path, {
      body: { ...more, certificate_request: request, encryption_key: encryptionJwk, device },
    }),
  )) as Onboarded;
  const [signingKid, encryptionKid] = await Promise.all([thumbprint(signingJwk), thumbprint(encryptionJwk)]);
  return {
    id: bound.device_id,
    publicUrl,
    application: bound.application,
    user: bound.user,
    deviceName: device.name,
    signingKey: signing.privateKey,
    signingJwk,
    signingKid,
    encryptionKey: encryption.privateKey,
    encryptionKid,
    certificate: bound.certificate,
    chain: bound.chain,
    boundAt: bound.server_time,
  };
}
