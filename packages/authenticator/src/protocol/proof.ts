// The proof of possession that accompanies every call (device protocol section 2; RFC 9449 4.2).
import type { PublicKeyJwk } from '@countersign/contract/device-models.ts';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import { type Bytes, sha256, toBase64url } from './base64url.ts';
import { signJws } from './jws.ts';

export interface ProofFields {
  readonly method: string;
  /** Public URL with path, without query. */
  readonly url: string;
  readonly body: Bytes | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function signProof(
  key: CryptoKey,
  jwk: PublicKeyJwk,
  { method, url, body, now }: ProofFields,
): Promise<string> {
  return signJws(
    key,
    { typ: deviceProtocol.proofType, alg: 'ES256', jwk },
    {
      jti: toBase64url(crypto.getRandomValues(new Uint8Array(16))),
      htm: method,
      htu: url,
      iat: Math.floor(now / 1000),
      ...(body && body.length > 0 ? { bdh: await sha256(body) } : {}),
    },
  );
}
