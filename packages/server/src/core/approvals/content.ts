// What is asked, readable by one device only: JWE in compact form (RFC 7516), ECDH-ES with A256GCM (RFC 7518 4.6, 5.3).
import { CompactEncrypt, importJWK } from 'jose';
import { type PublicJwk, thumbprintOf } from '#core/devices/p256.ts';

/** @param content the exact text that is to be shown. @param encryptionKey the device's. */
export async function encryptContent(content: string, encryptionKey: PublicJwk): Promise<string> {
  const { kty, crv, x, y } = encryptionKey;
  return new CompactEncrypt(Buffer.from(content))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: thumbprintOf(encryptionKey) })
    .encrypt(await importJWK({ kty, crv, x, y }, 'ECDH-ES'));
}
