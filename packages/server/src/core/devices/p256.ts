// Public keys of devices: P-256 as JWK (RFC 7517, RFC 7518 6.2), read strictly, so that one key has exactly one form.
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { fromBase64url } from './base64url.ts';

export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

const members = ['crv', 'kty', 'x', 'y'];
const coordinateBytes = 32;

/** A key as it is worked with, and the name that it is known by. */
interface ReadKey {
  readonly key: KeyObject;
  readonly thumbprint: string;
}

/** The key, when the value has exactly the members of a public P-256 key and its point lies on the curve; else undefined. */
export function readPublicJwk(value: unknown): ({ readonly jwk: PublicJwk } & ReadKey) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kty, crv, x, y } = value as Readonly<Record<string, unknown>>;
  if (Object.keys(value).toSorted().join() !== members.join()) return undefined;
  if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return undefined;
  const jwk: PublicJwk = { kty, crv, x, y };
  const read = readOnce(jwk);
  return read && { jwk, key: read.key, thumbprint: read.thumbprint };
}

/** Making a key costs as much as a signature's check, and the same devices call again and again. */
const known = new Map<string, ReadKey>();
/** The oldest are forgotten; whoever calls with ever new keys only makes others be read again. */
const maxKnown = 20_000;

/** Undefined for a point that is not on the curve. */
function readOnce(jwk: PublicJwk): ReadKey | undefined {
  const name = jwk.x + jwk.y;
  const before = known.get(name);
  if (before) return before;
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const [oldest] = known.size >= maxKnown ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    const read = { key, thumbprint: thumbprintOf(jwk) };
    known.set(name, read);
    return read;
  } catch {
    return undefined;
  }
}

const isCoordinate = (value: unknown): value is string =>
  typeof value === 'string' && fromBase64url(value)?.length === coordinateBytes;

/** RFC 7638 3.2: SHA-256 over the required members in lexical order, base64url. */
export const thumbprintOf = ({ crv, kty, x, y }: PublicJwk): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
