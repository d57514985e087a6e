// The certificate request (PKCS #10, RFC 2986 4): the public key, signed by its private key. What else it must hold, the server says
// where a third party's authority issues; else it is ignored.
import type { RequestedCertificate } from '@countersign/contract/certificate-source-models.ts';
import { joinBytes, toBase64, utf8 } from './base64url.ts';
import { der, derBitString, derInteger, tags } from './der.ts';
import { sign } from './jws.ts';

/** 2.5.4.3 */
const commonName = Uint8Array.of(0x55, 0x04, 0x03);
/** 1.2.840.10045.4.3.2 (RFC 5758 3.2) */
const ecdsaWithSha256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
/** 1.2.840.113549.1.9.7 (RFC 2985 5.4.1) */
const challengePassword = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07);
const attributes = 0xa0;
const printableString = 0x13;
const anyName: RequestedCertificate = { common_name: 'device', challenge_password: null };

/** In PEM with lines of 64 characters. */
export async function newCertificateRequest(
  { privateKey, publicKey }: CryptoKeyPair,
  wanted = anyName,
): Promise<string> {
  const name = der(
    tags.sequence,
    der(
      tags.set,
      der(tags.sequence, der(tags.oid, commonName), der(tags.utf8String, utf8(wanted.common_name))),
    ),
  );
  const info = der(
    tags.sequence,
    derInteger(Uint8Array.of(0)),
    name,
    new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)),
    der(attributes, ...challengeOf(wanted)),
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

/** PrintableString where it can be: some authorities know nothing else (RFC 2985 5.4.1). */
function challengeOf({ challenge_password: challenge }: RequestedCertificate): readonly Uint8Array[] {
  if (challenge === null) return [];
  const tag = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(challenge) ? printableString : tags.utf8String;
  return [der(tags.sequence, der(tags.oid, challengePassword), der(tags.set, der(tag, utf8(challenge))))];
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
