// Random octets for authenticators, identifiers and salts, drawn from a pool: asking the system for 16 at a time is
// ten times slower.
import { randomFillSync } from 'node:crypto';

/** A source of `size` fresh octets, cryptographically strong unless a test brings its own. */
export type RandomSource = (size: number) => Uint8Array;

const POOL_SIZE = 4096;

/** A pooled source over the system's. No octet is given twice, nor kept once given. */
export function createRandomSource(): RandomSource {
  const pool = new Uint8Array(POOL_SIZE);
  let used = POOL_SIZE;
  return (size) => {
    if (size > POOL_SIZE) return randomFillSync(new Uint8Array(size));
    if (used + size > POOL_SIZE) {
      randomFillSync(pool);
      used = 0;
    }
    const octets = pool.slice(used, used + size);
    pool.fill(0, used, used + size);
    used += size;
    return octets;
  };
}
