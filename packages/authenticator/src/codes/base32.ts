// Base32 (RFC 4648 6) as services print it: in groups, in any letter case, with or without padding.
import type { Bytes } from '../protocol/base64url.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Undefined when it is not base32, or nothing. */
export function fromBase32(text: string): Bytes | undefined {
  const letters = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (letters === '' || ![...letters].every((letter) => alphabet.includes(letter))) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of letters) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
  }
  return bytes.length > 0 ? bytes : undefined;
}
