// Packets ready for the socket: Message-Authenticator first, always, then what was asked for, then Proxy-State as it
// came.
import { responseAuthenticator } from './authenticator.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import {
  MESSAGE_AUTHENTICATOR,
  signFirstAttribute,
  UNSIGNED_MESSAGE_AUTHENTICATOR,
} from './message-authenticator.ts';
import { type Attribute, attributesLength, encodePacket, type Packet } from './packet.ts';

const PROXY_STATE = rfc2865.ProxyState.type;

/** What answers a request. Message-Authenticator and Proxy-State in it are ignored: they are made from the request. */
export interface ReplyContents {
  readonly code: number;
  readonly attributes: readonly Attribute[];
}

/**
 * The bytes of a request with its Message-Authenticator as first attribute; one already in the list is left out.
 * Throws RadiusError when the packet is too long.
 */
export function signRequest(request: Packet, secret: Uint8Array): Uint8Array {
  const attributes = request.attributes.filter(({ type }) => type !== MESSAGE_AUTHENTICATOR);
  const bytes = encodePacket({ ...request, attributes: [UNSIGNED_MESSAGE_AUTHENTICATOR, ...attributes] });
  signFirstAttribute(bytes, secret);
  return bytes;
}

/**
 * The bytes of a reply: Message-Authenticator, the attributes, every Proxy-State of the request unchanged and in order
 * (RFC 2865 5.33). Throws RadiusError when the packet is too long.
 */
export function signReply(reply: ReplyContents, request: Packet, secret: Uint8Array): Uint8Array {
  const bytes = encodePacket({
    code: reply.code,
    identifier: request.identifier,
    authenticator: request.authenticator,
    attributes: [
      UNSIGNED_MESSAGE_AUTHENTICATOR,
      ...reply.attributes.filter(({ type }) => type !== MESSAGE_AUTHENTICATOR && type !== PROXY_STATE),
      ...request.attributes.filter(({ type }) => type === PROXY_STATE),
    ],
  });
  signFirstAttribute(bytes, secret);
  bytes.set(responseAuthenticator(bytes, request.authenticator, secret), 4);
  return bytes;
}

/**
 * Whether the shortest Access-Reject, Message-Authenticator and Proxy-State only, is no longer than the request. Every request with a
 * password is long enough; a shorter one would be answered with more than it sent.
 */
export function hasRoomForReject({ attributes }: Packet): boolean {
  const others = attributes.filter(({ type }) => type !== PROXY_STATE);
  return attributesLength(others) >= attributesLength([UNSIGNED_MESSAGE_AUTHENTICATOR]);
}
