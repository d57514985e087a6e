// X.509 certificates as this server issues them (RFC 5280), written as DER and signed with SHA-256 by a P-256 or an RSA key.
import { createHash, type KeyObject, sign } from 'node:crypto';
import { readBer } from './ber.ts';
import {
  bitString,
  boolean,
  constructed,
  type Der,
  element,
  explicit,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
  setOfOne,
  time,
  utf8String,
} from './der.ts';

export interface CertificateFields {
  /** Big-endian; positive. */
  readonly serial: Uint8Array;
  readonly issuer: Der;
  readonly subject: Der;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Der;
  /** Epoch milliseconds; the milliseconds are cut off. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Der[];
}

/** ECDSA with SHA-256 (RFC 5758 3.2: no parameters). */
export const ecdsaWithSha256: Der = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
/** RSA with SHA-256 (RFC 4055 5: the parameters are NULL). */
const rsaWithSha256 = sequence(objectIdentifier('1.2.840.113549.1.1.11'), element(0x05));

/** With which of the two a key signs. */
export const signatureAlgorithmOf = (key: KeyObject): Der =>
  key.asymmetricKeyType === 'rsa' ? rsaWithSha256 : ecdsaWithSha256;

/** Whether it is one of those with which certificates here are signed, in its one form. */
export const isSignatureAlgorithm = (algorithm: Der): boolean =>
  [ecdsaWithSha256, rsaWithSha256].some((known) => Buffer.from(known).equals(algorithm));

/** Signs a to-be-signed structure: `SEQUENCE { it, algorithm, signature, … }`. @param more what stands behind the signature (BasicOCSPResponse, RFC 6960 4.2.1) */
export function signStructure(toBeSigned: Der, privateKey: KeyObject, ...more: readonly Der[]): Der {
  const signature = sign('sha256', toBeSigned, privateKey);
  return sequence(toBeSigned, signatureAlgorithmOf(privateKey), bitString(signature), ...more);
}

/** @returns the certificate as DER. */
export function signCertificate(fields: CertificateFields, privateKey: KeyObject): Der {
  const version3 = explicit(0, integer(2));
  const toBeSigned = sequence(
    version3,
    integer(fields.serial),
    signatureAlgorithmOf(privateKey),
    fields.issuer,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    fields.publicKey,
    explicit(3, sequence(...fields.extensions)),
  );
  return signStructure(toBeSigned, privateKey);
}

/** A distinguished name with nothing but a common name. @param text at most 64 characters (RFC 5280 A.1, ub-common-name). */
export const commonName = (text: string): Der =>
  sequence(setOfOne(sequence(objectIdentifier('2.5.4.3'), utf8String(text))));

/** 128 random bits, never negative and never zero as DER writes them (RFC 5280 4.1.2.2 allows 20 bytes). */
export function newSerial(random: { bytes(length: number): Uint8Array }): Uint8Array {
  const bytes = random.bytes(16);
  // At least one bit must be set, and one fixed length makes serials easy to compare by eye.
  bytes[0] = (bytes[0] ?? 0) | 0x40;
  return bytes;
}

export const serialText = (serial: Uint8Array): string => Buffer.from(serial).toString('hex');

/** SubjectPublicKeyInfo; of a P-256 key with the point uncompressed (RFC 5480 2). */
export const publicKeyInfo = (key: KeyObject): Der =>
  key.asymmetricKeyType === 'rsa'
    ? key.export({ format: 'der', type: 'spki' })
    : sequence(
        sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier('1.2.840.10045.3.1.7')),
        bitString(pointOf(key)),
      );

/** What stands in the BIT STRING of a public key. */
export function publicKeyBitsOf(key: KeyObject): Buffer {
  const bits = readBer(publicKeyInfo(key))?.members[1];
  if (!bits) throw new Error('a public key cannot be read');
  return bits.content.subarray(1);
}

/** SHA-1 of the public key's bits (RFC 5280 4.2.1.2, method 1): a name, not a protection. */
export const keyIdentifierOf = (key: KeyObject): Buffer =>
  createHash('sha1').update(publicKeyBitsOf(key)).digest();

/** A P-256 point, uncompressed. */
function pointOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

// ---- extensions (RFC 5280 4.2)

export const extension = (oid: string, value: Der, { critical }: { critical: boolean }): Der =>
  critical
    ? sequence(objectIdentifier(oid), boolean(true), octetString(value))
    : sequence(objectIdentifier(oid), octetString(value));

const keyUsageBits = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, crlSign: 6 } as const;

export const keyUsage = (...usages: readonly (keyof typeof keyUsageBits)[]): Der =>
  extension('2.5.29.15', namedBits(...usages.map((usage) => keyUsageBits[usage])), { critical: true });

export const authorityConstraints = (pathLength: number): Der =>
  extension('2.5.29.19', sequence(boolean(true), integer(pathLength)), { critical: true });

/** CA:FALSE is the default and so not written (X.690 11.5): an empty sequence. */
export const endEntityConstraints = (): Der => extension('2.5.29.19', sequence(), { critical: true });

const purposeIds = {
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
} as const;

/** Extended key usage. */
export const purposes = (...all: readonly (keyof typeof purposeIds)[]): Der =>
  extension('2.5.29.37', sequence(...all.map((each) => objectIdentifier(purposeIds[each]))), {
    critical: false,
  });

/** @param names GeneralNames (RFC 5280 4.2.1.6) */
export const subjectAlternativeNames = (names: Der): Der =>
  extension('2.5.29.17', names, { critical: false });

export const subjectKeyIdentifier = (identifier: Der): Der =>
  extension('2.5.29.14', octetString(identifier), { critical: false });

export const authorityKeyIdentifier = (identifier: Der): Der =>
  extension('2.5.29.35', sequence(primitive(0, identifier)), { critical: false });

/** Type of the next extension (RFC 5280 4.2.1.13). */
export const revocationListType = '2.5.29.31';

/** Where the revocation list is found: DistributionPoint with fullName and one URI. */
export function revocationListAt(url: string): Der {
  const uri = primitive(6, Buffer.from(url, 'ascii'));
  const point = sequence(constructed(0, constructed(0, uri)));
  return extension(revocationListType, sequence(point), { critical: false });
}

/** Where the state of the certificate is told (RFC 5280 4.2.2.1): AccessDescription with id-ad-ocsp. */
export function statusAt(url: string): Der {
  const uri = primitive(6, Buffer.from(url, 'ascii'));
  const access = sequence(objectIdentifier('1.3.6.1.5.5.7.48.1'), uri);
  return extension('1.3.6.1.5.5.7.1.1', sequence(access), { critical: false });
}
