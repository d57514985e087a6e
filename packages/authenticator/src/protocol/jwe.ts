// Reads a JWE in compact form with ECDH-ES and A256GCM (RFC 7516, RFC 7518 4.6 and 5.3), the one kind the server sends.
import { type Bytes, fromBase64url, fromUtf8, joinBytes, utf8 } from './base64url.ts';
import { curve } from './keys.ts';

interface JweHeader {
  readonly alg?: unknown;
  readonly enc?: unknown;
  readonly kid?: unknown;
  readonly apu?: unknown;
  readonly apv?: unknown;
  readonly zip?: unknown;
  readonly crit?: unknown;
  readonly epk?: JsonWebKey;
}

const keyBits = 256;
const tagBits = 128;

/** @param kid thumbprint of the encryption key. @throws Error when it is of another kind, for another key, or was changed. */
export async function decryptJwe(jwe: string, privateKey: CryptoKey, kid: string): Promise<Bytes> {
  const [protectedHeader = '', encryptedKey, iv = '', ciphertext = '', tag = '', ...more] = jwe.split('.');
  if (encryptedKey !== '' || more.length > 0) throw new Error('not a JWE with a key agreed upon directly');
  const header = JSON.parse(fromUtf8(fromBase64url(protectedHeader))) as JweHeader;
  checkHeader(header, kid);
  const key = await agreeOnKey(privateKey, header);
  const sealed = joinBytes(fromBase64url(ciphertext), fromBase64url(tag));
  const algorithm = {
    name: 'AES-GCM',
    iv: fromBase64url(iv),
    additionalData: utf8(protectedHeader),
    tagLength: tagBits,
  };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
}

function checkHeader({ alg, enc, kid, zip, crit }: JweHeader, expectedKid: string): void {
  if (alg !== 'ECDH-ES' || enc !== 'A256GCM') throw new Error('encrypted in an unknown way');
  if (zip !== undefined || crit !== undefined) throw new Error('the content needs what is not understood');
  if (kid !== expectedKid) throw new Error('the content is for another key');
}

async function agreeOnKey(privateKey: CryptoKey, { epk, enc, apu, apv }: JweHeader): Promise<CryptoKey> {
  if (!epk) throw new Error('the content has no key of its sender');
  const { kty = '', crv = '', x = '', y = '' } = epk;
  const sender = await crypto.subtle.importKey(
    'jwk',
    { kty, crv, x, y },
    { name: 'ECDH', namedCurve: curve },
    false,
    [],
  );
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: sender }, privateKey, keyBits);
  const bytes = await concatKdf(new Uint8Array(secret), String(enc), partyInfo(apu), partyInfo(apv));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['decrypt']);
}

const partyInfo = (value: unknown): Bytes =>
  typeof value === 'string' ? fromBase64url(value) : new Uint8Array();

/** RFC 7518 4.6.2: one round of SHA-256 is exactly the key that A256GCM needs. */
export async function concatKdf(secret: Bytes, algorithm: string, apu: Bytes, apv: Bytes): Promise<Bytes> {
  const withLength = (bytes: Bytes): Bytes => joinBytes(uint32(bytes.length), bytes);
  const input = joinBytes(
    uint32(1),
    secret,
    withLength(utf8(algorithm)),
    withLength(apu),
    withLength(apv),
    uint32(keyBits),
  );
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input));
}

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
