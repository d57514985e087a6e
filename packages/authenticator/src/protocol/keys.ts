// The two key pairs of a device (device protocol section 1). No private key can be exported, not even by this program.
import type { PublicKeyJwk } from '@countersign/contract/device-models.ts';
import { sha256, utf8 } from './base64url.ts';

export interface DeviceKeys {
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
}

export const curve = 'P-256';

export async function newDeviceKeys(): Promise<DeviceKeys> {
  const [signing, encryption] = await Promise.all([
    crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: curve }, false, ['sign', 'verify']),
    crypto.subtle.generateKey({ name: 'ECDH', namedCurve: curve }, false, ['deriveBits']),
  ]);
  return { signing, encryption };
}

/** Exactly the members that the protocol wants. */
export async function publicJwk(key: CryptoKey): Promise<PublicKeyJwk> {
  const { x, y } = await crypto.subtle.exportKey('jwk', key);
  if (x === undefined || y === undefined) throw new Error('not a key on a curve');
  return { kty: 'EC', crv: curve, x, y };
}

/** The public signing key of an account that is kept. */
export const importPublicKey = (jwk: PublicKeyJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: curve }, true, ['verify']);

/** RFC 7638 3.2: the required members in lexicographic order. */
export const thumbprint = ({ crv, kty, x, y }: PublicKeyJwk): Promise<string> =>
  sha256(utf8(JSON.stringify({ crv, kty, x, y })));
