// The certificate request of an authority that is signed elsewhere (PKCS #10, RFC 2986): written here, and read where the root is.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { KeyPair } from './build-authority.ts';
import { isSignatureAlgorithm, publicKeyInfo, signStructure } from './certificate.ts';
import {
  constructed,
  type Der,
  fromCanonicalPem,
  integer,
  membersOf,
  sequence,
  splitSigned,
  toPem,
} from './der.ts';

const label = 'CERTIFICATE REQUEST';
const leastRsaBits = 3072;

/** @returns PEM */
export function writeAuthorityRequest(subject: Der, { privateKey, publicKey }: KeyPair): string {
  const info = sequence(integer(0), subject, publicKeyInfo(publicKey), constructed(0));
  return toPem(label, signStructure(info, privateKey));
}

export interface AuthorityRequest {
  readonly subject: Der;
  readonly publicKey: KeyObject;
}

/** @param pem as `writeAuthorityRequest` wrote it. @returns undefined unless it is signed by the P-256 or RSA key (3072 bits or more) in it */
export function readAuthorityRequest(pem: string): AuthorityRequest | undefined {
  const der = fromCanonicalPem(label, pem);
  const request = der && splitSigned(der);
  if (!request || !isSignatureAlgorithm(request.algorithm)) return undefined;
  const [, subject, info] = membersOf(request.toBeSigned) ?? [];
  const publicKey = info && readAuthorityKey(info);
  if (!subject || !publicKey || !isSigned(request, publicKey)) return undefined;
  return { subject, publicKey };
}

function readAuthorityKey(info: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: info, format: 'der', type: 'spki' });
    return isAuthorityKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** What an authority may have: P-256, or RSA of 3072 bits or more. */
export const isAuthorityKey = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'rsa'
    ? (asymmetricKeyDetails?.modulusLength ?? 0) >= leastRsaBits
    : asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';

function isSigned(
  { toBeSigned, signature }: { toBeSigned: Buffer; signature: Buffer },
  key: KeyObject,
): boolean {
  try {
    return verify('sha256', toBeSigned, key, signature);
  } catch {
    return false;
  }
}
