// The proof that accompanies every call (device protocol section 2). What a well-behaved device would never do is done by overrides.
import { createHash, randomBytes } from 'node:crypto';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import { CompactSign, importJWK } from 'jose';
import { type PrivateJwk, publicPart } from './keys.ts';

export interface ProofFields {
  readonly method: string;
  /** Public URL with path, without query. */
  readonly url: string;
  readonly body: Uint8Array | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** For tests: members put in place of the right ones (undefined removes one), or another key to sign with. */
export interface ProofOverrides {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signingKey?: PrivateJwk;
}

export function signProof(
  key: PrivateJwk,
  fields: ProofFields,
  overrides: ProofOverrides = {},
): Promise<string> {
  const { method, url, body, now } = fields;
  const header = {
    typ: deviceProtocol.proofType,
    alg: 'ES256',
    jwk: publicPart(key),
    ...overrides.header,
  };
  const claims = {
    jti: randomBytes(16).toString('base64url'),
    htm: method,
    htu: url,
    iat: Math.floor(now / 1000),
    ...(body && body.length > 0 ? { bdh: createHash('sha256').update(body).digest('base64url') } : {}),
    ...overrides.claims,
  };
  return signCompact(overrides.signingKey ?? key, header, claims);
}

/** A JWS in compact form over the JSON of `payload`. */
export async function signCompact(
  key: PrivateJwk,
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(await importJWK({ ...key }, 'ES256'));
}
