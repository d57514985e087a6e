// The MD5 compression function (RFC 1321 3.4) on module-owned scratch memory: no allocation, so 2–4 times faster than
// node:crypto here.

/** The running digest A, B, C, D. */
export const state: Int32Array = new Int32Array(4);
/** The 64 octets the next call of `compress` takes. */
export const block: Uint8Array<ArrayBuffer> = new Uint8Array(64);

const words = new DataView(block.buffer);

/** Folds `block` into `state`. */
export function compress(): void {
  const a = state[0] as number;
  const b = state[1] as number;
  const c = state[2] as number;
  const d = state[3] as number;
  roundF();
  roundG();
  roundH();
  roundI();
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}

/** Round 1 of RFC 1321 3.4 over the block. */
function roundF(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = stepF(a, b, c, d, words.getInt32(0, true) + 0xd76aa478, 7);
  d = stepF(d, a, b, c, words.getInt32(4, true) + 0xe8c7b756, 12);
  c = stepF(c, d, a, b, words.getInt32(8, true) + 0x242070db, 17);
  b = stepF(b, c, d, a, words.getInt32(12, true) + 0xc1bdceee, 22);
  a = stepF(a, b, c, d, words.getInt32(16, true) + 0xf57c0faf, 7);
  d = stepF(d, a, b, c, words.getInt32(20, true) + 0x4787c62a, 12);
  c = stepF(c, d, a, b, words.getInt32(24, true) + 0xa8304613, 17);
  b = stepF(b, c, d, a, words.getInt32(28, true) + 0xfd469501, 22);
  a = stepF(a, b, c, d, words.getInt32(32, true) + 0x698098d8, 7);
  d = stepF(d, a, b, c, words.getInt32(36, true) + 0x8b44f7af, 12);
  c = stepF(c, d, a, b, words.getInt32(40, true) + 0xffff5bb1, 17);
  b = stepF(b, c, d, a, words.getInt32(44, true) + 0x895cd7be, 22);
  a = stepF(a, b, c, d, words.getInt32(48, true) + 0x6b901122, 7);
  d = stepF(d, a, b, c, words.getInt32(52, true) + 0xfd987193, 12);
  c = stepF(c, d, a, b, words.getInt32(56, true) + 0xa679438e, 17);
  b = stepF(b, c, d, a, words.getInt32(60, true) + 0x49b40821, 22);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** Round 2 of RFC 1321 3.4 over the block. */
function roundG(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = stepG(a, b, c, d, words.getInt32(4, true) + 0xf61e2562, 5);
  d = stepG(d, a, b, c, words.getInt32(24, true) + 0xc040b340, 9);
  c = stepG(c, d, a, b, words.getInt32(44, true) + 0x265e5a51, 14);
  b = stepG(b, c, d, a, words.getInt32(0, true) + 0xe9b6c7aa, 20);
  a = stepG(a, b, c, d, words.getInt32(20, true) + 0xd62f105d, 5);
  d = stepG(d, a, b, c, words.getInt32(40, true) + 0x02441453, 9);
  c = stepG(c, d, a, b, words.getInt32(60, true) + 0xd8a1e681, 14);
  b = stepG(b, c, d, a, words.getInt32(16, true) + 0xe7d3fbc8, 20);
  a = stepG(a, b, c, d, words.getInt32(36, true) + 0x21e1cde6, 5);
  d = stepG(d, a, b, c, words.getInt32(56, true) + 0xc33707d6, 9);
  c = stepG(c, d, a, b, words.getInt32(12, true) + 0xf4d50d87, 14);
  b = stepG(b, c, d, a, words.getInt32(32, true) + 0x455a14ed, 20);
  a = stepG(a, b, c, d, words.getInt32(52, true) + 0xa9e3e905, 5);
  d = stepG(d, a, b, c, words.getInt32(8, true) + 0xfcefa3f8, 9);
  c = stepG(c, d, a, b, words.getInt32(28, true) + 0x676f02d9, 14);
  b = stepG(b, c, d, a, words.getInt32(48, true) + 0x8d2a4c8a, 20);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** Round 3 of RFC 1321 3.4 over the block. */
function roundH(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = stepH(a, b, c, d, words.getInt32(20, true) + 0xfffa3942, 4);
  d = stepH(d, a, b, c, words.getInt32(32, true) + 0x8771f681, 11);
  c = stepH(c, d, a, b, words.getInt32(44, true) + 0x6d9d6122, 16);
  b = stepH(b, c, d, a, words.getInt32(56, true) + 0xfde5380c, 23);
  a = stepH(a, b, c, d, words.getInt32(4, true) + 0xa4beea44, 4);
  d = stepH(d, a, b, c, words.getInt32(16, true) + 0x4bdecfa9, 11);
  c = stepH(c, d, a, b, words.getInt32(28, true) + 0xf6bb4b60, 16);
  b = stepH(b, c, d, a, words.getInt32(40, true) + 0xbebfbc70, 23);
  a = stepH(a, b, c, d, words.getInt32(52, true) + 0x289b7ec6, 4);
  d = stepH(d, a, b, c, words.getInt32(0, true) + 0xeaa127fa, 11);
  c = stepH(c, d, a, b, words.getInt32(12, true) + 0xd4ef3085, 16);
  b = stepH(b, c, d, a, words.getInt32(24, true) + 0x04881d05, 23);
  a = stepH(a, b, c, d, words.getInt32(36, true) + 0xd9d4d039, 4);
  d = stepH(d, a, b, c, words.getInt32(48, true) + 0xe6db99e5, 11);
  c = stepH(c, d, a, b, words.getInt32(60, true) + 0x1fa27cf8, 16);
  b = stepH(b, c, d, a, words.getInt32(8, true) + 0xc4ac5665, 23);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** Round 4 of RFC 1321 3.4 over the block. */
function roundI(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  a = stepI(a, b, c, d, words.getInt32(0, true) + 0xf4292244, 6);
  d = stepI(d, a, b, c, words.getInt32(28, true) + 0x432aff97, 10);
  c = stepI(c, d, a, b, words.getInt32(56, true) + 0xab9423a7, 15);
  b = stepI(b, c, d, a, words.getInt32(20, true) + 0xfc93a039, 21);
  a = stepI(a, b, c, d, words.getInt32(48, true) + 0x655b59c3, 6);
  d = stepI(d, a, b, c, words.getInt32(12, true) + 0x8f0ccc92, 10);
  c = stepI(c, d, a, b, words.getInt32(40, true) + 0xffeff47d, 15);
  b = stepI(b, c, d, a, words.getInt32(4, true) + 0x85845dd1, 21);
  a = stepI(a, b, c, d, words.getInt32(32, true) + 0x6fa87e4f, 6);
  d = stepI(d, a, b, c, words.getInt32(60, true) + 0xfe2ce6e0, 10);
  c = stepI(c, d, a, b, words.getInt32(24, true) + 0xa3014314, 15);
  b = stepI(b, c, d, a, words.getInt32(52, true) + 0x4e0811a1, 21);
  a = stepI(a, b, c, d, words.getInt32(16, true) + 0xf7537e82, 6);
  d = stepI(d, a, b, c, words.getInt32(44, true) + 0xbd3af235, 10);
  c = stepI(c, d, a, b, words.getInt32(8, true) + 0x2ad7d2bb, 15);
  b = stepI(b, c, d, a, words.getInt32(36, true) + 0xeb86d391, 21);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function stepF(a: number, b: number, c: number, d: number, word: number, shift: number): number {
  const sum = (a + ((b & c) | (~b & d)) + word) | 0;
  return (((sum << shift) | (sum >>> (32 - shift))) + b) | 0;
}

function stepG(a: number, b: number, c: number, d: number, word: number, shift: number): number {
  const sum = (a + ((b & d) | (c & ~d)) + word) | 0;
  return (((sum << shift) | (sum >>> (32 - shift))) + b) | 0;
}

function stepH(a: number, b: number, c: number, d: number, word: number, shift: number): number {
  const sum = (a + (b ^ c ^ d) + word) | 0;
  return (((sum << shift) | (sum >>> (32 - shift))) + b) | 0;
}

function stepI(a: number, b: number, c: number, d: number, word: number, shift: number): number {
  const sum = (a + (c ^ (b | ~d)) + word) | 0;
  return (((sum << shift) | (sum >>> (32 - shift))) + b) | 0;
}
