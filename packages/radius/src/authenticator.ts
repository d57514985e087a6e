// The Response Authenticator (RFC 2865 3): what ties a reply to its request and to the shared secret.
import { md5 } from './md5.ts';
import { encodeForHashing, HEADER_LENGTH, type Packet } from './packet.ts';
import { sameDigest } from './same-digest.ts';

/** MD5(Code, Identifier, Length, Request Authenticator, attributes, secret) for the bytes of a reply. */
export function responseAuthenticator(
  reply: Uint8Array,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): Uint8Array {
  return md5(reply.subarray(0, 4), requestAuthenticator, reply.subarray(HEADER_LENGTH), secret);
}

/** Whether a reply was made for this Request Authenticator by somebody who knows the secret. Constant time. */
export function verifyResponseAuthenticator(
  reply: Packet,
  requestAuthenticator: Uint8Array,
  secret: Uint8Array,
): boolean {
  const expected = responseAuthenticator(encodeForHashing(reply), requestAuthenticator, secret);
  return sameDigest(reply.authenticator, expected);
}
