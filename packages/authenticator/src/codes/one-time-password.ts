// HOTP (RFC 4226) and TOTP (RFC 6238), by WebCrypto.
import type { Bytes } from '../protocol/base64url.ts';
import type { CodeAlgorithm } from '../storage/database.ts';

export interface HotpFields {
  readonly secret: Bytes;
  readonly counter: number;
  readonly digits: number;
  readonly algorithm: CodeAlgorithm;
}

export async function hotp({ secret, counter, digits, algorithm }: HotpFields): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: algorithm }, false, [
    'sign',
  ]);
  const moving = new DataView(new ArrayBuffer(8));
  moving.setBigUint64(0, BigInt(counter));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, moving));
  // RFC 4226 5.3: the last four bits say where to take 31 bits from.
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const number = mac.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** @param now epoch milliseconds. @param period seconds. */
export const timeStep = (now: number, period: number): number => Math.floor(now / 1000 / period);
