// Randomness as a parameter. The system's source hands out slices of a pool, since one call per 16 bytes is ten times slower.
import { randomFillSync, randomInt } from 'node:crypto';

export interface Random {
  /** `length` unpredictable bytes (1 to 1024). */
  bytes(length: number): Uint8Array;
  /** A whole number from 0 up to, not including, `limit`, evenly distributed. */
  below(limit: number): number;
}

const poolSize = 4096;
let pool = new Uint8Array(poolSize);
let used = poolSize;

export const systemRandom: Random = {
  bytes(length) {
    if (length < 1 || length > 1024) throw new RangeError(`cannot hand out ${length} random bytes at once`);
    if (used + length > poolSize) {
      pool = randomFillSync(new Uint8Array(poolSize));
      used = 0;
    }
    // A copy, and the pool forgets what it gave away: a key must not linger in the pool.
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  },
  below: (limit) => randomInt(limit),
};

/** A bearer secret: `prefix` and 256 random bits as base64url (43 characters). */
export const newToken = (random: Random, prefix: string): string =>
  prefix + Buffer.from(random.bytes(32)).toString('base64url');

/** Decimal digits, leading zeros kept. */
export const newDigits = (random: Random, digits: number): string =>
  String(random.below(10 ** digits)).padStart(digits, '0');
