// The certificate request (PKCS #10, RFC 2986 4): the public key, signed by its private key. The server ignores the subject.
import { joinBytes, toBase64, utf8 } from './base64url.ts';
import { der, derBitString, derInteger, tags } from './der.ts';
import { sign } from './jws.ts';

/** 2.5.4.3 */
const commonName = Uint8Array.of(0x55, 0x04, 0x03);
/** 1.2.840.10045.4.3.2 (RFC 5758 3.2) */
const ecdsaWithSha256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
const attributes = 0xa0;

/** In PEM with lines of 64 characters. */
export async function newCertificateRequest({ privateKey, publicKey }: CryptoKeyPair): Promise<string> {
  const name = der(
    tags.sequence,
    der(tags.set, der(tags.sequence, der(tags.oid, commonName), der(tags.utf8String, utf8('device')))),
  );
  const info = der(
    tags.sequence,
    derInteger(Uint8Array.of(0)),
    name,
    new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)),
    der(attributes),
  );
  const signature = await sign(privateKey, info);
  const request = der(
    tags.sequence,
    info,
    der(tags.sequence, der(tags.oid, ecdsaWithSha256)),
    // WebCrypto gives r and s side by side; X.509 wants them as a sequence (RFC 3279 2.2.3).
    derBitString(
      der(tags.sequence, derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32))),
    ),
  );
  return pem('CERTIFICATE REQUEST', joinBytes(request));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
