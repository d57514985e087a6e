// CHAP (RFC 2865 2.2, 5.3): the response is an MD5 over a challenge that may be the Request Authenticator itself.
import { firstRawValue } from './attributes.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { RadiusError } from './errors.ts';
import { md5 } from './md5.ts';
import type { Packet } from './packet.ts';
import { sameDigest } from './same-digest.ts';

export const CHAP_PASSWORD_LENGTH = 17;

/** What a CHAP request proves with: the identifier octet, 16 octets of response, and the challenge it answers. */
export interface ChapResponse {
  readonly identifier: number;
  readonly response: Uint8Array;
  readonly challenge: Uint8Array;
}

/**
 * The CHAP response of a request, undefined when it has none. A proxy that sends the request on under another
 * authenticator must add `challenge` as CHAP-Challenge (RFC 2865 2.2). Throws RadiusError 'bad-value' for a wrong length.
 */
export function readChap(packet: Packet): ChapResponse | undefined {
  const password = firstRawValue(packet.attributes, rfc2865.ChapPassword);
  if (password === undefined) return undefined;
  if (password.length !== CHAP_PASSWORD_LENGTH)
    throw new RadiusError('bad-value', 'CHAP-Password is not 17 octets');
  const challenge = firstRawValue(packet.attributes, rfc2865.ChapChallenge) ?? packet.authenticator;
  return { identifier: password[0] ?? 0, response: password.subarray(1), challenge };
}

/** Whether the response was made from this password (RFC 1994 4.1: identifier, password, challenge). */
export function verifyChap(chap: ChapResponse, password: Uint8Array): boolean {
  const expected = md5(Uint8Array.of(chap.identifier), password, chap.challenge);
  return sameDigest(chap.response, expected);
}
