// MD5 and HMAC-MD5 (RFC 1321, RFC 2104), the hashes RADIUS is made of. Plain JavaScript with the HMAC key state kept
// per secret: hashing through node:crypto costs a RADIUS server about 40 % of its packet rate.
import { block, compress, state } from './md5-block.ts';

const DIGEST_LENGTH = 16;
const BLOCK_LENGTH = 64;
const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

const blockView = new DataView(block.buffer);
const innerDigest = new Uint8Array(DIGEST_LENGTH);
let fill = 0;
let total = 0;

interface HmacKey {
  readonly secret: Uint8Array;
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

const keys = new WeakMap<Uint8Array, HmacKey>();

/** MD5 of the concatenated parts: 16 new octets. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  start(INITIAL, 0);
  for (const part of parts) update(part);
  return finish(new Uint8Array(DIGEST_LENGTH));
}

/** HMAC-MD5 of the concatenated parts: 16 new octets. The key state is remembered per `secret` object. */
export function hmacMd5(secret: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const key = keyOf(secret);
  start(key.inner, BLOCK_LENGTH);
  for (const part of parts) update(part);
  finish(innerDigest);
  start(key.outer, BLOCK_LENGTH);
  update(innerDigest);
  return finish(new Uint8Array(DIGEST_LENGTH));
}

function keyOf(secret: Uint8Array): HmacKey {
  const known = keys.get(secret);
  // The caller may have overwritten the array since: identity alone does not prove the same secret.
  if (known !== undefined && sameBytes(known.secret, secret)) return known;
  const material = secret.length > BLOCK_LENGTH ? md5(secret) : secret;
  // Not slice: that of a Buffer is a view.
  const key = {
    secret: new Uint8Array(secret),
    inner: padState(material, 0x36),
    outer: padState(material, 0x5c),
  };
  keys.set(secret, key);
  return key;
}

/** RFC 2104 2: the digest state after the key block XOR a pad octet. */
function padState(material: Uint8Array, pad: number): Int32Array {
  const padded = new Uint8Array(BLOCK_LENGTH).fill(pad);
  for (let i = 0; i < material.length; i++) padded[i] = pad ^ (material[i] as number);
  start(INITIAL, 0);
  update(padded);
  return state.slice();
}

function start(from: Int32Array, hashedAlready: number): void {
  state.set(from);
  fill = 0;
  total = hashedAlready;
}

function update(bytes: Uint8Array): void {
  const length = bytes.length;
  let at = fill;
  for (let i = 0; i < length; i++) {
    block[at++] = bytes[i] as number;
    if (at === BLOCK_LENGTH) {
      compress();
      at = 0;
    }
  }
  fill = at;
  total += length;
}

/** RFC 1321 3.1–3.2: one 1 bit, zeros, the length in bits; then A, B, C, D low octet first. */
function finish(target: Uint8Array): Uint8Array {
  block[fill++] = 0x80;
  if (fill > 56) {
    block.fill(0, fill);
    compress();
    fill = 0;
  }
  block.fill(0, fill, 56);
  blockView.setUint32(56, total << 3, true);
  blockView.setUint32(60, Math.floor(total / 0x2000_0000), true);
  compress();
  for (let i = 0; i < DIGEST_LENGTH; i++) target[i] = (state[i >> 2] as number) >>> ((i & 3) << 3);
  return target;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
