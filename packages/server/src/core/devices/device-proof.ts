// The proof of possession that accompanies every device call (device protocol section 2, after RFC 9449 4.3). Pure: whether a
// proof was seen before, and whose key it is, the caller asks elsewhere.
import { createHash, type KeyObject } from 'node:crypto';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import type { Clock } from '#platform/clock.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import {
  type CompactJws,
  hasExactly,
  isSignedEs256,
  type JsonObject,
  readCompactJws,
} from './compact-jws.ts';
import { type PublicJwk, readPublicJwk } from './p256.ts';

/** What the proof must be for. */
export interface ProofCall {
  /** The DPoP header; undefined when there is none. More than one is the same as none. */
  readonly header: string | undefined;
  readonly method: string;
  /** Public URL with path, without query and fragment. */
  readonly url: string;
  /** Exact bytes of the body; undefined when there is none. */
  readonly body: Uint8Array | undefined;
}

/** Why a proof is no good: for the log only. */
export type ProofFault =
  | 'missing'
  | 'too_large'
  | 'not_compact_jws'
  | 'header'
  | 'key'
  | 'claims'
  | 'signature'
  | 'method'
  | 'url'
  | 'body_digest';

export interface ProvenKey {
  readonly jwk: PublicJwk;
  readonly thumbprint: string;
  readonly jti: string;
  /** Until when the proof must be remembered, epoch milliseconds. */
  readonly expiresAt: number;
}

export type ProofVerdict =
  | ({ readonly kind: 'ok' } & ProvenKey)
  | { readonly kind: 'stale' }
  | { readonly kind: 'invalid'; readonly cause: ProofFault };

const maxLength = 2048;
const toleranceMs = deviceProtocol.clockToleranceSeconds * 1000;
const jtiForm = /^[A-Za-z0-9_-]{16,64}$/;

/** Judges a proof by itself. A stale one is otherwise in order, so that only the holder of the key learns the time. Never throws. */
export function verifyProof({ clock }: { readonly clock: Clock }, call: ProofCall): ProofVerdict {
  if (call.header === undefined || call.header === '') return invalid('missing');
  if (call.header.length > maxLength) return invalid('too_large');
  const jws = readCompactJws(call.header);
  if (!jws) return invalid('not_compact_jws');
  const key = readHeader(jws.header);
  if (typeof key === 'string') return invalid(key);
  const claims = readClaims(jws.payload);
  if (!claims) return invalid('claims');
  const fault = findFault(jws, claims, key.key, call);
  if (fault) return invalid(fault);
  const issuedAt = claims.iat * 1000;
  if (Math.abs(issuedAt - clock.now()) > toleranceMs) return { kind: 'stale' };
  // Twice the tolerance: another node's clock may be as far off as the device's.
  const expiresAt = issuedAt + 2 * toleranceMs;
  return { kind: 'ok', jwk: key.jwk, thumbprint: key.thumbprint, jti: claims.jti, expiresAt };
}

const invalid = (cause: ProofFault): ProofVerdict => ({ kind: 'invalid', cause });

function findFault(jws: CompactJws, claims: Claims, key: KeyObject, call: ProofCall): ProofFault | undefined {
  if (!isSignedEs256(jws, key)) return 'signature';
  if (claims.htm !== call.method) return 'method';
  if (claims.htu !== call.url) return 'url';
  return isDigestOf(claims.bdh, call.body) ? undefined : 'body_digest';
}

function readHeader(header: JsonObject): NonNullable<ReturnType<typeof readPublicJwk>> | 'header' | 'key' {
  if (!hasExactly(header, ['typ', 'alg', 'jwk'])) return 'header';
  if (header.typ !== deviceProtocol.proofType || header.alg !== 'ES256') return 'header';
  return readPublicJwk(header.jwk) ?? 'key';
}

interface Claims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  readonly iat: number;
  readonly bdh: string | undefined;
}

function readClaims(payload: JsonObject): Claims | undefined {
  const { jti, htm, htu, iat, bdh } = payload;
  const names = ['jti', 'htm', 'htu', 'iat', ...(bdh === undefined ? [] : ['bdh'])];
  if (!hasExactly(payload, names)) return undefined;
  if (typeof jti !== 'string' || !jtiForm.test(jti)) return undefined;
  if (typeof htm !== 'string' || typeof htu !== 'string') return undefined;
  if (typeof iat !== 'number' || !Number.isSafeInteger(iat)) return undefined;
  if (bdh !== undefined && typeof bdh !== 'string') return undefined;
  return { jti, htm, htu, iat, bdh };
}

function isDigestOf(claimed: string | undefined, body: Uint8Array | undefined): boolean {
  if (body === undefined || body.length === 0) return claimed === undefined;
  const digest = createHash('sha256').update(body).digest('base64url');
  return claimed !== undefined && equalInConstantTime(claimed, digest);
}
