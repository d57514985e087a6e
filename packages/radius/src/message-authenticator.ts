// Message-Authenticator (RFC 3579 3.2, RFC 2869 5.14): HMAC-MD5 over the whole packet, the one signature a request
// can have.
import { rfc2869 } from './dictionary/rfc2869.ts';
import { RadiusError } from './errors.ts';
import { hmacMd5 } from './md5.ts';
import { type Attribute, encodeForHashing, HEADER_LENGTH, type Packet } from './packet.ts';
import { sameDigest } from './same-digest.ts';

export const MESSAGE_AUTHENTICATOR = rfc2869.MessageAuthenticator.type;
const VALUE_LENGTH = 16;
const ZERO = new Uint8Array(VALUE_LENGTH);

/** To be signed: every packet made here starts with it, which is what stops CVE-2024-3596 from choosing the prefix. */
export const UNSIGNED_MESSAGE_AUTHENTICATOR: Attribute = { type: MESSAGE_AUTHENTICATOR, value: ZERO };

export type MessageAuthenticatorCheck = 'absent' | 'valid' | 'wrong';

/**
 * Checks the Message-Authenticator of a packet, in constant time. `requestAuthenticator` is the packet's own for an
 * Access-Request and Status-Server, the request's for a reply. Throws RadiusError for two of them or a wrong length.
 */
export function checkMessageAuthenticator(
  packet: Packet,
  secret: Uint8Array,
  requestAuthenticator: Uint8Array,
): MessageAuthenticatorCheck {
  const offset = messageAuthenticatorOffset(packet.attributes);
  if (offset === undefined) return 'absent';
  const bytes = encodeForHashing(packet);
  const given = bytes.slice(offset, offset + VALUE_LENGTH);
  bytes.set(requestAuthenticator, 4);
  bytes.fill(0, offset, offset + VALUE_LENGTH);
  return sameDigest(given, hmacMd5(secret, bytes)) ? 'valid' : 'wrong';
}

/**
 * Fills in the Message-Authenticator of packet bytes made with `UNSIGNED_MESSAGE_AUTHENTICATOR` as first attribute.
 * For a reply, the bytes hold the Request Authenticator at this time (RFC 3579 3.2).
 */
export function signFirstAttribute(bytes: Uint8Array, secret: Uint8Array): void {
  bytes.set(hmacMd5(secret, bytes), HEADER_LENGTH + 2);
}

function messageAuthenticatorOffset(attributes: readonly Attribute[]): number | undefined {
  let found: number | undefined;
  let offset = HEADER_LENGTH;
  for (const { type, value } of attributes) {
    if (type === MESSAGE_AUTHENTICATOR) {
      if (found !== undefined) throw new RadiusError('duplicate-attribute', 'two Message-Authenticators');
      if (value.length !== VALUE_LENGTH) {
        throw new RadiusError('bad-value', 'Message-Authenticator is not 16 octets');
      }
      found = offset + 2;
    }
    offset += 2 + value.length;
  }
  return found;
}
