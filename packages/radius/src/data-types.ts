// How attribute values are written: text, integers, addresses (RFC 2865 5, RFC 2868 3, RFC 3162 2). One reader and
// one writer per type.
import { RadiusError } from './errors.ts';
import { formatAddress, parseAddress } from './ip-address.ts';
import { MAX_VALUE_LENGTH } from './packet.ts';

/** A value that names the tunnel it belongs to: `tag` is 1–31, or 0 for none (RFC 2868 3.1). */
export interface Tagged<V> {
  readonly tag: number;
  readonly value: V;
}

/** What each data type is in TypeScript. `time` is seconds since 1970; `ipv6-prefix` is CIDR text. */
export interface ValueTypes {
  readonly octets: Uint8Array;
  readonly text: string;
  readonly integer: number;
  readonly time: number;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly 'ipv6-prefix': string;
  readonly 'tagged-integer': Tagged<number>;
  readonly 'tagged-text': Tagged<string>;
}

export type DataType = keyof ValueTypes;

interface ValueCodec<V> {
  read(octets: Uint8Array): V;
  write(value: V): Uint8Array;
}

const MAX_TAG = 0x1f;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const integer: ValueCodec<number> = {
  read: (octets) => readUnsigned(octets, 4),
  write: (value) => writeUnsigned(value, 4),
};

export const valueCodecs: { readonly [T in DataType]: ValueCodec<ValueTypes[T]> } = {
  octets: { read: (octets) => octets, write: (value) => value },
  text: { read: readText, write: (value) => encoder.encode(value) },
  integer,
  time: integer,
  ipv4: {
    read: (octets) => formatAddress(ofLength(octets, 4)),
    write: (value) => ofLength(parseAddress(value), 4),
  },
  ipv6: {
    read: (octets) => formatAddress(ofLength(octets, 16)),
    write: (value) => ofLength(parseAddress(value), 16),
  },
  'ipv6-prefix': { read: readPrefix, write: writePrefix },
  'tagged-integer': { read: readTaggedInteger, write: writeTaggedInteger },
  'tagged-text': { read: readTaggedText, write: writeTaggedText },
};

function readText(octets: Uint8Array): string {
  try {
    return decoder.decode(octets);
  } catch {
    throw new RadiusError('bad-value', 'text is not UTF-8');
  }
}

function readUnsigned(octets: Uint8Array, length: number): number {
  return ofLength(octets, length).reduce((sum, octet) => sum * 256 + octet, 0);
}

function writeUnsigned(value: number, length: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) {
    throw new RadiusError('bad-value', `not an unsigned integer of ${length} octets`);
  }
  return Uint8Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);
}

/** RFC 3162 2.3: reserved octet, prefix length, as many octets of the prefix as wanted. */
function readPrefix(octets: Uint8Array): string {
  const length = octets[1];
  if (length === undefined || length > 128 || octets.length > 18) {
    throw new RadiusError('bad-value', 'not an IPv6 prefix');
  }
  const address = new Uint8Array(16);
  address.set(octets.subarray(2));
  return `${formatAddress(address)}/${length}`;
}

function writePrefix(text: string): Uint8Array {
  const [address = '', length = ''] = text.split('/');
  if (!/^\d{1,3}$/.test(length) || Number(length) > 128)
    throw new RadiusError('bad-value', 'not an IPv6 prefix');
  const used = ofLength(parseAddress(address), 16).subarray(0, Math.ceil(Number(length) / 8));
  return Uint8Array.from([0, Number(length), ...used]);
}

/** RFC 2868 3.1: the tag takes the first of the four octets. */
function readTaggedInteger(octets: Uint8Array): Tagged<number> {
  return { tag: ofLength(octets, 4)[0] ?? 0, value: readUnsigned(octets.subarray(1), 3) };
}

function writeTaggedInteger({ tag, value }: Tagged<number>): Uint8Array {
  return Uint8Array.from([checkedTag(tag), ...writeUnsigned(value, 3)]);
}

/** RFC 2868 3.3: a first octet above 0x1F is no tag but the first character. */
function readTaggedText(octets: Uint8Array): Tagged<string> {
  const tag = octets[0] ?? 0;
  if (octets.length === 0 || tag > MAX_TAG) return { tag: 0, value: readText(octets) };
  return { tag, value: readText(octets.subarray(1)) };
}

function writeTaggedText({ tag, value }: Tagged<string>): Uint8Array {
  return Uint8Array.from([checkedTag(tag), ...encoder.encode(value)]);
}

function checkedTag(tag: number): number {
  if (!Number.isInteger(tag) || tag < 0 || tag > MAX_TAG) throw new RadiusError('bad-value', 'a tag is 0–31');
  return tag;
}

function ofLength(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length !== length) throw new RadiusError('bad-value', `expected ${length} octets`);
  return octets;
}

/** Values longer than one attribute holds cannot be sent. Throws RadiusError 'bad-value'. */
export function checkedValue(octets: Uint8Array): Uint8Array {
  if (octets.length > MAX_VALUE_LENGTH) throw new RadiusError('bad-value', 'value above 253 octets');
  return octets;
}
