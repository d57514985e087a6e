// What is asked, readable by one device only: JWE in compact form (RFC 7516), ECDH-ES with A256GCM (RFC 7518 4.6, 5.3). With node:crypto
// on the spot: a library that goes by way of WebCrypto sends each of its seven steps to another thread and back.
import { createCipheriv, createHash, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type PublicJwk, readPublicJwk } from '#core/devices/p256.ts';

const ivBytes = 12; // RFC 7518 5.3
const contentEncryption = 'A256GCM';

/**
 * @param content the exact text that is to be shown. @param encryptionKey the device's.
 * @throws Error for a point that is not on the curve
 */
export function encryptContent(content: string, encryptionKey: PublicJwk): string {
  const device = readPublicJwk(encryptionKey);
  if (!device) throw new Error('the encryption key is no point on P-256');
  const ephemeral = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: device.key });
  const { kty, crv, x, y } = ephemeral.publicKey.export({ format: 'jwk' });
  const epk = { kty, crv, x, y };
  const header = encoded(
    JSON.stringify({ alg: 'ECDH-ES', enc: contentEncryption, kid: device.thumbprint, epk }),
  );
  const key = concatKdf(secret, { algorithm: contentEncryption, bits: 256 });
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
  // RFC 7516 7.1; the second part, an encrypted key, is empty where the key is agreed on directly.
  return [header, '', encoded(iv), encoded(ciphertext), encoded(cipher.getAuthTag())].join('.');
}

const encoded = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url');

export interface KdfInput {
  /** Of the key that is derived. */
  readonly algorithm: string;
  /** At most 256: one round. */
  readonly bits: number;
  readonly producer?: string;
  readonly consumer?: string;
}

/** RFC 7518 4.6.2: the Concat KDF of NIST SP 800-56A with SHA-256. */
export function concatKdf(
  secret: Uint8Array,
  { algorithm, bits, producer = '', consumer = '' }: KdfInput,
): Buffer {
  const parties = [algorithm, producer, consumer].flatMap((text) => [uint32(Buffer.byteLength(text)), text]);
  const hash = createHash('sha256').update(uint32(1)).update(secret);
  for (const part of parties) hash.update(part);
  return hash
    .update(uint32(bits))
    .digest()
    .subarray(0, bits / 8);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
