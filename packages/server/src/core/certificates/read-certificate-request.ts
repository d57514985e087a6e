// Reads a certificate request (PKCS #10, RFC 2986). Only its public key counts; subject and attributes are ignored.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ecdsaWithSha256 } from './certificate.ts';
import { membersOf, splitSigned } from './der.ts';

const maxLength = 4096;
const oneRequest =
  /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\s+([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;

/**
 * @param pem at most 4096 characters, in DER within.
 * @returns the P-256 public key with which the request is signed (ECDSA with SHA-256), or undefined when it is anything else.
 */
export function readCertificateRequest(pem: string): KeyObject | undefined {
  if (pem.length > maxLength) return undefined;
  const base64 = oneRequest.exec(pem)?.[1];
  const request = base64 === undefined ? undefined : splitSigned(Buffer.from(base64, 'base64'));
  if (!request?.algorithm.equals(ecdsaWithSha256)) return undefined;
  // CertificationRequestInfo (RFC 2986 4.1): version, subject, subjectPKInfo, attributes.
  const [version, , publicKeyInfo] = membersOf(request.toBeSigned) ?? [];
  if (version?.toString('hex') !== '020100' || !publicKeyInfo) return undefined;
  const key = readP256(publicKeyInfo);
  return key && isSignedBy(key, request) ? key : undefined;
}

function readP256(publicKeyInfo: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
      ? key
      : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(key: KeyObject, { toBeSigned, signature }: { toBeSigned: Buffer; signature: Buffer }) {
  try {
    return verify('sha256', toBeSigned, key, signature);
  } catch {
    return false;
  }
}
