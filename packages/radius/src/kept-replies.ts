// Replies kept for retransmissions, up to hundreds of thousands: as bytes in few large buffers and numbers in arrays, since as many
// objects would be copied and looked at by the garbage collector again and again.
const CHUNK_BYTES = 256 * 1024;
/** Room for as many replies of usual size as are kept by default; whoever sends packets of 4 KiB fills it sooner. */
const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;

/** No slot; slots are counted from one where they are linked, so that memory that was never touched says this. */
const NONE = 0;

/**
 * Oldest first; all are kept for the same time, so the oldest is the first to expire. Found by a hash of 30 bits: two keys that fall
 * together cost one of them its kept reply, and a retransmission is then handled anew; the request is compared in full, so nobody gets
 * another's.
 */
export class KeptReplies {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #expiresAt: Float64Array;
  readonly #hashes: Int32Array;
  readonly #chunkNumbers: Int32Array;
  readonly #offsets: Int32Array;
  readonly #requestLengths: Uint16Array;
  readonly #replyLengths: Uint16Array;
  /** Slots by hash: the newest of each bucket, from there by `#nextSlots`. */
  readonly #buckets: Int32Array;
  readonly #nextSlots: Int32Array;
  /** By number; those that no reply lies in any more are gone. */
  readonly #chunks = new Map<number, Uint8Array>();
  #chunk = new Uint8Array(0);
  #chunkNumber = 0;
  #used = 0;
  #oldest = 0;
  #count = 0;

  /** @param capacity how many are kept at most, @param maxBytes in how much memory; beyond either the oldest is forgotten. */
  constructor(capacity: number, maxBytes = DEFAULT_MAX_BYTES) {
    this.#capacity = capacity;
    this.#maxBytes = maxBytes;
    this.#expiresAt = new Float64Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#chunkNumbers = new Int32Array(capacity);
    this.#offsets = new Int32Array(capacity);
    this.#requestLengths = new Uint16Array(capacity);
    this.#replyLengths = new Uint16Array(capacity);
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(capacity)));
    this.#nextSlots = new Int32Array(capacity);
  }

  get size(): number {
    return this.#count;
  }

  /** Takes the place of what was kept under the same hash. Neither may be longer than 65,535 octets. */
  keep(hash: number, request: Uint8Array, reply: Uint8Array, expiresAt: number): void {
    if (this.#count === this.#capacity) this.forgetOldest();
    this.forget(hash);
    const slot = (this.#oldest + this.#count) % this.#capacity;
    this.#expiresAt[slot] = expiresAt;
    this.#hashes[slot] = hash;
    this.#requestLengths[slot] = request.length;
    this.#replyLengths[slot] = reply.length;
    this.#write(slot, request, reply);
    const bucket = this.#bucketOf(hash);
    this.#nextSlots[slot] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = slot + 1;
    this.#count++;
  }

  /** The reply to exactly this request, unless it has expired. */
  find(hash: number, request: Uint8Array, now: number): Uint8Array | undefined {
    const linked = this.#linkedWith(hash);
    const slot = linked - 1;
    if (linked === NONE || (this.#expiresAt[slot] ?? 0) <= now) return undefined;
    const chunk = this.#chunks.get(this.#chunkNumbers[slot] ?? 0);
    const length = this.#requestLengths[slot] ?? 0;
    const offset = this.#offsets[slot] ?? 0;
    if (chunk === undefined || length !== request.length) return undefined;
    for (let i = 0; i < length; i++) if (chunk[offset + i] !== request[i]) return undefined;
    return chunk.subarray(offset + length, offset + length + (this.#replyLengths[slot] ?? 0));
  }

  /** What was kept under this hash is found no more. */
  forget(hash: number): void {
    const linked = this.#linkedWith(hash);
    if (linked !== NONE) this.#unlink(linked);
  }

  forgetOldest(): void {
    const slot = this.#oldest;
    this.#unlink(slot + 1);
    this.#oldest = (slot + 1) % this.#capacity;
    this.#count--;
    const first = this.#count === 0 ? this.#chunkNumber : (this.#chunkNumbers[this.#oldest] ?? 0);
    for (let n = this.#chunkNumbers[slot] ?? 0; n < first; n++) this.#chunks.delete(n);
  }

  forgetExpired(now: number): void {
    while (this.#count > 0 && (this.#expiresAt[this.#oldest] ?? 0) <= now) this.forgetOldest();
  }

  #bytes(): number {
    return this.#chunks.size * CHUNK_BYTES;
  }

  #bucketOf(hash: number): number {
    return hash & (this.#buckets.length - 1);
  }

  #linkedWith(hash: number): number {
    let linked = this.#buckets[this.#bucketOf(hash)] ?? NONE;
    while (linked !== NONE && this.#hashes[linked - 1] !== hash) linked = this.#nextSlots[linked - 1] ?? NONE;
    return linked;
  }

  /** Nothing happens when it was forgotten before: then another may have its hash. */
  #unlink(linked: number): void {
    const bucket = this.#bucketOf(this.#hashes[linked - 1] ?? 0);
    let before = NONE;
    let each = this.#buckets[bucket] ?? NONE;
    while (each !== NONE && each !== linked) {
      before = each;
      each = this.#nextSlots[each - 1] ?? NONE;
    }
    if (each === NONE) return;
    const next = this.#nextSlots[linked - 1] ?? NONE;
    if (before === NONE) this.#buckets[bucket] = next;
    else this.#nextSlots[before - 1] = next;
  }

  #write(slot: number, request: Uint8Array, reply: Uint8Array): void {
    const length = request.length + reply.length;
    if (this.#chunkNumber === 0 || this.#used + length > this.#chunk.length) {
      // The last one stays, however small the limit: the new chunk takes its place.
      while (this.#count > 0 && this.#bytes() + CHUNK_BYTES > this.#maxBytes) this.forgetOldest();
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
