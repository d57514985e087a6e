// Ids: a prefix that says what it is, and a UUIDv7 (RFC 9562 5.7), so that ids sort by the time they were made.
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

export type IdPrefix =
  | 'app'
  | 'usr'
  | 'tem'
  | 'sct'
  | 'scp'
  | 'sch'
  | 'srq'
  | 'src'
  | 'syn'
  | 'oip'
  | 'oil'
  | 'sms'
  | 'smc'
  | 'mgw'
  | 'dev'
  | 'psh'
  | 'lnk'
  | 'onp'
  | 'rcl'
  | 'hsv'
  | 'acl'
  | 'req'
  | 'chl'
  | 'evt'
  | 'sul'
  | 'adm'
  | 'ses'
  | 'pky'
  | 'cer'
  | 'nod'
  | 'uim';

export interface IdSource {
  readonly clock: Clock;
  readonly random: Random;
}

export const newId = (source: IdSource, prefix: IdPrefix): string => `${prefix}_${uuid7(source)}`;

/**
 * An id that sorts behind all that were made for smaller numbers in the same millisecond (RFC 9562 6.2, method 1): 32 bits of the number, 42 random ones.
 * @param number an integer from 0
 */
export const newOrderedId = (source: IdSource, prefix: IdPrefix, number: number): string =>
  `${prefix}_${uuid7(source, number)}`;

const counted = 2 ** 32;

function uuid7({ clock, random }: IdSource, number?: number): string {
  const bytes = random.bytes(10);
  if (number !== undefined) writeNumber(bytes, number % counted);
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  const { hex } = timeText(clock.now());
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset, 10).toString('hex');
  return `${hex}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8)}`;
}

/** Into the bits that version (4) and variant (2) leave free: 12 before the variant, 20 behind it. */
function writeNumber(bytes: Uint8Array, number: number): void {
  bytes[0] = number >>> 28;
  bytes[1] = (number >>> 20) & 0xff;
  bytes[2] = (number >>> 14) & 0x3f;
  bytes[3] = (number >>> 6) & 0xff;
  bytes[4] = ((number & 0x3f) << 2) | ((bytes[4] ?? 0) & 0x03);
}

/** How the time of a UUIDv7 is written. Kept for its millisecond, in which many are made. */
let latest = { at: Number.NaN, hex: '' };

function timeText(at: number): { readonly hex: string } {
  if (at !== latest.at) {
    const hex = at.toString(16).padStart(12, '0');
    latest = { at, hex: `${hex.slice(0, 8)}-${hex.slice(8)}` };
  }
  return latest;
}

/** A random UUID (RFC 9562 5.4), for ids that must not tell when they were made. */
export function uuid4(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return dashed(bytes.toString('hex'));
}

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** The first id of a moment: all that were made before sort before it. @param at epoch milliseconds */
export const idAt = (prefix: IdPrefix, at: number): string =>
  `${prefix}_${dashed(`${Math.max(0, at).toString(16).padStart(12, '0')}70008000000000000000`)}`;

/** When an id was made, epoch milliseconds; undefined when it is none that carries its time. */
export function timeOfId(id: string): number | undefined {
  const hex = /^[a-z]{3}_([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return hex ? Number.parseInt(`${hex[1]}${hex[2]}`, 16) : undefined;
}
