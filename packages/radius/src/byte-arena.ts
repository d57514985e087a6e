// Many short byte strings in few large buffers: what is kept for a while must not be thousands of buffers that the garbage collector
// has to look at one by one.

const CHUNK_BYTES = 256 * 1024;

/** Hands out copies; a chunk is freed when the last copy in it is forgotten. */
export class ByteArena {
  #chunk = new Uint8Array(0);
  #used = 0;

  keep(bytes: Uint8Array): Uint8Array {
    if (this.#used + bytes.length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, bytes.length));
      this.#used = 0;
    }
    const copy = this.#chunk.subarray(this.#used, this.#used + bytes.length);
    copy.set(bytes);
    this.#used += bytes.length;
    return copy;
  }
}
