// A text that must not be seen: prints, logs and serialises as [redacted]; only `reveal` gives it away.
import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** What is stored of a bearer secret with 128 random bits or more: its SHA-256, base64url. Not for passwords. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Compares in a time that depends on neither content; the lengths may differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
