// As much of DER (ITU-T X.690) as a certificate request needs: lengths, integers, and values within values.
import { type Bytes, joinBytes } from './base64url.ts';

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
};

export const der = (tag: number, ...content: readonly Uint8Array[]): Bytes => {
  const body = joinBytes(...content);
  return joinBytes(Uint8Array.of(tag, ...lengthOf(body.length)), body);
};

/** X.690 8.1.3: short form below 128, else the number of length bytes and then those. */
function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** A positive integer from its bytes: as few as possible, with the sign bit clear (X.690 8.3.2). */
export function derInteger(bytes: Uint8Array): Bytes {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const shortest = bytes.subarray(start);
  const sign = (shortest[0] ?? 0) & 0x80 ? [0] : [];
  return der(tags.integer, Uint8Array.of(...sign), shortest);
}

/** Whole bytes only. */
export const derBitString = (bytes: Uint8Array): Bytes => der(tags.bitString, Uint8Array.of(0), bytes);
