// argon2id (RFC 9106) at the cost we chose: 19 MiB, two passes, one lane, about 10 ms of one core. Runs off the event loop.
import { hash, type Options, verify } from '@node-rs/argon2';

const cost: Options = {
  // Algorithm.Argon2id; the library's enum has no value at run time.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
};

/** @returns a PHC string with a fresh salt. */
export const hashArgon2id = (text: string): Promise<string> => hash(text, cost);

/** @throws when `hashed` is not a PHC string of argon2. */
export const verifyArgon2id = (hashed: string, text: string): Promise<boolean> => verify(hashed, text);
