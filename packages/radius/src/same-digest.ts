// Comparing digests without telling by the time taken where they differ.
import { timingSafeEqual } from 'node:crypto';

const DIGEST_LENGTH = 16;

// Small arrays live on the JavaScript heap; handing a fresh one to native code moves it, which costs more than the hash itself.
const left = new Uint8Array(DIGEST_LENGTH);
const right = new Uint8Array(DIGEST_LENGTH);

/** Whether two digests of 16 octets are the same, in constant time. False for any other length. */
export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== DIGEST_LENGTH || b.length !== DIGEST_LENGTH) return false;
  left.set(a);
  right.set(b);
  return timingSafeEqual(left, right);
}
