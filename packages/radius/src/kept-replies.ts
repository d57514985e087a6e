// Replies kept for retransmissions, up to hundreds of thousands: as bytes in few large buffers and numbers in arrays, since as many
// objects would be copied and looked at by the garbage collector again and again.

import { randomInt } from 'node:crypto';

const CHUNK_BYTES = 256 * 1024;

/** Oldest first; all are kept for the same time, so the oldest is the first to expire. */
export class KeptReplies {
  readonly #capacity: number;
  readonly #expiresAt: Float64Array;
  readonly #hashes: Int32Array;
  readonly #chunkNumbers: Int32Array;
  readonly #offsets: Int32Array;
  readonly #requestLengths: Uint16Array;
  readonly #replyLengths: Uint16Array;
  readonly #slots = new Map<number, number>();
  /** By number; those that no reply lies in any more are gone. */
  readonly #chunks = new Map<number, Uint8Array>();
  #chunk = new Uint8Array(0);
  #chunkNumber = 0;
  #used = 0;
  #oldest = 0;
  #count = 0;

  /** @param capacity how many are kept at most; beyond it the oldest is forgotten. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#expiresAt = new Float64Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#chunkNumbers = new Int32Array(capacity);
    this.#offsets = new Int32Array(capacity);
    this.#requestLengths = new Uint16Array(capacity);
    this.#replyLengths = new Uint16Array(capacity);
  }

  get size(): number {
    return this.#count;
  }

  /** Takes the place of what was kept under the same key. Neither may be longer than 65,535 octets. */
  keep(key: string, request: Uint8Array, reply: Uint8Array, expiresAt: number): void {
    if (this.#count === this.#capacity) this.forgetOldest();
    const slot = (this.#oldest + this.#count) % this.#capacity;
    this.#expiresAt[slot] = expiresAt;
    this.#hashes[slot] = hashOf(key);
    this.#requestLengths[slot] = request.length;
    this.#replyLengths[slot] = reply.length;
    this.#write(slot, request, reply);
    this.#slots.set(hashOf(key), slot);
    this.#count++;
  }

  /** The reply to exactly this request, unless it has expired. */
  find(key: string, request: Uint8Array, now: number): Uint8Array | undefined {
    const slot = this.#slots.get(hashOf(key));
    if (slot === undefined || (this.#expiresAt[slot] ?? 0) <= now) return undefined;
    const chunk = this.#chunks.get(this.#chunkNumbers[slot] ?? 0);
    const length = this.#requestLengths[slot] ?? 0;
    const offset = this.#offsets[slot] ?? 0;
    if (chunk === undefined || length !== request.length) return undefined;
    for (let i = 0; i < length; i++) if (chunk[offset + i] !== request[i]) return undefined;
    return chunk.subarray(offset + length, offset + length + (this.#replyLengths[slot] ?? 0));
  }

  /** The key is asked something else. */
  forget(key: string): void {
    this.#slots.delete(hashOf(key));
  }

  forgetOldest(): void {
    const slot = this.#oldest;
    const hash = this.#hashes[slot] ?? 0;
    // The key may since belong to a newer reply.
    if (this.#slots.get(hash) === slot) this.#slots.delete(hash);
    this.#oldest = (slot + 1) % this.#capacity;
    this.#count--;
    const first = this.#count === 0 ? this.#chunkNumber : (this.#chunkNumbers[this.#oldest] ?? 0);
    for (let n = this.#chunkNumbers[slot] ?? 0; n < first; n++) this.#chunks.delete(n);
  }

  forgetExpired(now: number): void {
    while (this.#count > 0 && (this.#expiresAt[this.#oldest] ?? 0) <= now) this.forgetOldest();
  }

  #write(slot: number, request: Uint8Array, reply: Uint8Array): void {
    const length = request.length + reply.length;
    if (this.#chunkNumber === 0 || this.#used + length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
      this.#chunks.set(++this.#chunkNumber, this.#chunk);
      this.#used = 0;
    }
    this.#chunk.set(request, this.#used);
    this.#chunk.set(reply, this.#used + request.length);
    this.#chunkNumbers[slot] = this.#chunkNumber;
    this.#offsets[slot] = this.#used;
    this.#used += length;
  }
}

/** FNV-1a begins anywhere, so that nobody can choose keys that fall together. */
const seed = randomInt(2 ** 31);

/**
 * 30 bits, which the engine keeps without an object. Two keys that fall together cost one of them its kept reply, and a
 * retransmission is then handled anew; the request is compared in full, so nobody gets another's.
 */
function hashOf(key: string): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}
