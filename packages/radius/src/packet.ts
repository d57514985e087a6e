// A RADIUS packet as data, to and from bytes (RFC 2865 3). Knows lengths and nothing of what attributes mean.
import { RadiusError } from './errors.ts';

export const HEADER_LENGTH = 20;
const MAX_PACKET_LENGTH = 4096;
export const MAX_VALUE_LENGTH = 253;
/** More attributes than any real packet has; bounds what one datagram can cost. */
export const MAX_ATTRIBUTES = 200;

const scratch = new Uint8Array(MAX_PACKET_LENGTH);

/** Packet codes (RFC 2865 4, RFC 2866 4, RFC 5997 3). */
export const Code = {
  AccessRequest: 1,
  AccessAccept: 2,
  AccessReject: 3,
  AccountingRequest: 4,
  AccountingResponse: 5,
  AccessChallenge: 11,
  StatusServer: 12,
} as const;

/** One attribute as sent. `value` is 0–253 octets; its meaning is in the dictionary. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A packet. `authenticator` is 16 octets; attributes keep the order and the bytes of the wire. */
export interface Packet {
  readonly code: number;
  readonly identifier: number;
  readonly authenticator: Uint8Array;
  readonly attributes: readonly Attribute[];
}

/** The Length field of a datagram, checked against RFC 2865 3. Throws RadiusError. */
function packetLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER_LENGTH) throw new RadiusError('too-short', 'fewer than 20 octets');
  const length = (byte(bytes, 2) << 8) | byte(bytes, 3);
  if (length < HEADER_LENGTH) throw new RadiusError('bad-length', 'Length below 20');
  if (length > MAX_PACKET_LENGTH) throw new RadiusError('bad-length', 'Length above 4096');
  if (bytes.length < length) throw new RadiusError('too-short', 'datagram shorter than Length');
  return length;
}

/**
 * Reads a datagram. Octets past Length are padding and ignored (RFC 2865 3).
 * The result looks into `datagram`, which must not change afterwards. Throws RadiusError.
 */
export function decodePacket(datagram: Uint8Array): Packet {
  const length = packetLength(datagram);
  // Not a Buffer, whose slice is no copy and whose subarray is slow.
  const bytes = new Uint8Array(datagram.buffer, datagram.byteOffset, length);
  return {
    code: byte(bytes, 0),
    identifier: byte(bytes, 1),
    authenticator: bytes.subarray(4, HEADER_LENGTH),
    attributes: decodeAttributes(bytes, HEADER_LENGTH, length),
  };
}

/** Reads type-length-value triples between two offsets. Throws RadiusError. */
export function decodeAttributes(bytes: Uint8Array, start: number, end: number): Attribute[] {
  const attributes: Attribute[] = [];
  let offset = start;
  while (offset < end) {
    if (attributes.length === MAX_ATTRIBUTES) {
      throw new RadiusError('too-many-attributes', `more than ${MAX_ATTRIBUTES} attributes`);
    }
    if (offset + 2 > end) throw new RadiusError('bad-attribute', 'attribute header cut off');
    const length = byte(bytes, offset + 1);
    if (length < 2) throw new RadiusError('bad-attribute', 'attribute length below 2');
    if (offset + length > end) throw new RadiusError('bad-attribute', 'attribute longer than the packet');
    attributes.push({ type: byte(bytes, offset), value: bytes.subarray(offset + 2, offset + length) });
    offset += length;
  }
  return attributes;
}

/** Writes a packet; for a decoded one, the very bytes it came from. Throws RadiusError when it cannot be sent. */
export function encodePacket(packet: Packet): Uint8Array {
  const bytes = freshBytes(encodedLength(packet));
  writePacket(packet, bytes);
  return bytes;
}

/** Many packets share a buffer, as a buffer for each costs more than writing it. No part of it is handed out twice. */
const SHARED_BYTES = 64 * 1024;
let shared = new Uint8Array(0);
let sharedUsed = 0;

function freshBytes(length: number): Uint8Array {
  if (sharedUsed + length > shared.length) {
    shared = new Uint8Array(SHARED_BYTES);
    sharedUsed = 0;
  }
  sharedUsed += length;
  return shared.subarray(sharedUsed - length, sharedUsed);
}

/** The bytes of a packet in memory that the next call overwrites: enough to hash them, without an allocation. */
export function encodeForHashing(packet: Packet): Uint8Array {
  const bytes = scratch.subarray(0, encodedLength(packet));
  writePacket(packet, bytes);
  return bytes;
}

/** Octets of the packet on the wire. Throws RadiusError when it cannot be sent. */
export function encodedLength({ code, identifier, authenticator, attributes }: Packet): number {
  const length = HEADER_LENGTH + attributesLength(attributes);
  if (length > MAX_PACKET_LENGTH) throw new RadiusError('too-long', 'packet above 4096 octets');
  if (attributes.length > MAX_ATTRIBUTES) {
    throw new RadiusError('too-many-attributes', `more than ${MAX_ATTRIBUTES} attributes`);
  }
  if (!isOctet(code) || !isOctet(identifier)) {
    throw new RadiusError('bad-value', 'code or identifier is not an octet');
  }
  if (authenticator.length !== 16) throw new RadiusError('bad-value', 'authenticator is not 16 octets');
  return length;
}

function writePacket({ code, identifier, authenticator, attributes }: Packet, bytes: Uint8Array): void {
  bytes[0] = code;
  bytes[1] = identifier;
  bytes[2] = bytes.length >>> 8;
  bytes[3] = bytes.length & 0xff;
  bytes.set(authenticator, 4);
  writeAttributes(attributes, bytes, HEADER_LENGTH);
}

/** Octets the attributes take with their headers. Throws RadiusError for one that does not fit its length octet. */
export function attributesLength(attributes: readonly Attribute[]): number {
  let length = 0;
  for (const { type, value } of attributes) {
    if (!isOctet(type)) throw new RadiusError('bad-attribute', 'attribute type is not an octet');
    if (value.length > MAX_VALUE_LENGTH) {
      throw new RadiusError('bad-attribute', `attribute ${type} above 253 octets`);
    }
    length += 2 + value.length;
  }
  return length;
}

/** Writes the attributes into `target` from `offset`; the caller has measured with `attributesLength`. */
export function writeAttributes(attributes: readonly Attribute[], target: Uint8Array, offset: number): void {
  let at = offset;
  for (const { type, value } of attributes) {
    target[at++] = type;
    target[at++] = value.length + 2;
    // Values are short: a loop is faster than the call of `set`.
    for (let i = 0; i < value.length; i++) target[at++] = value[i] as number;
  }
}

function isOctet(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

function byte(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}
