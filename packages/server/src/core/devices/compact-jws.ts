// A JWS in compact form (RFC 7515 7.1), read strictly and verified with ES256 only. Proofs and answers are such.
import { type KeyObject, verify } from 'node:crypto';
import { fromBase64url } from './base64url.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

const signatureBytes = 64; // RFC 7518 3.4: R and S of 32 bytes each

/** Header and payload, or undefined unless the text is three strict base64url parts, the first two of them JSON objects in UTF-8. */
export function readCompactJws(text: string): CompactJws | undefined {
  const parts = text.split('.', 4);
  const [first, second, third] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || third === undefined)
    return undefined;
  const header = readJsonObject(first);
  const payload = readJsonObject(second);
  const signature = fromBase64url(third);
  if (!header || !payload || signature?.length !== signatureBytes) return undefined;
  return { header, payload, signingInput: `${first}.${second}`, signature };
}

function readJsonObject(part: string): JsonObject | undefined {
  const bytes = fromBase64url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True when the object has these members and no other. */
export const hasExactly = (object: JsonObject, names: readonly string[]): boolean =>
  Object.keys(object).length === names.length && names.every((name) => Object.hasOwn(object, name));

/** ECDSA on P-256 with SHA-256; the signature is R and S, not DER (RFC 7518 3.4). */
export const isSignedEs256 = ({ signingInput, signature }: CompactJws, key: KeyObject): boolean =>
  verify('sha256', Buffer.from(signingInput), { key, dsaEncoding: 'ieee-p1363' }, signature);
