// Reads a request for the state of certificates (RFC 6960 4.1.1), bounded. Who signed it does not matter: anybody may ask.
import { type Asn1, memberAt, readBer } from './ber.ts';
import { objectIdentifier } from './der.ts';

export const maxOcspRequestBytes = 4096;
const maxCertificates = 8;
const maxSerialBytes = 20; // RFC 5280 4.1.2.2
/** RFC 8954 2.1 */
const maxNonceBytes = 32;

/** Which certificate is asked about. */
export interface CertificateId {
  /** As it came; the answer repeats it. */
  readonly der: Buffer;
  readonly hash: 'sha1' | 'sha256' | 'unknown';
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  /** Hexadecimal, as `serialText` writes it. */
  readonly serial: string;
}

export interface OcspRequest {
  readonly certificates: readonly CertificateId[];
  /** 1 to 32 bytes; others are passed over. */
  readonly nonce: Buffer | null;
}

const sequence = 0x30;
const octetString = 0x04;
const integer = 0x02;
const objectId = 0x06;
const hashes = [
  [objectIdentifier('1.3.14.3.2.26'), 'sha1'],
  [objectIdentifier('2.16.840.1.101.3.4.2.1'), 'sha256'],
] as const;
const nonceType = objectIdentifier('1.3.6.1.5.5.7.48.1.2');

/** @returns undefined when it is no request, or asks about none or more than 8. */
export function readOcspRequest(bytes: Uint8Array): OcspRequest | undefined {
  const request = bytes.length > maxOcspRequestBytes ? undefined : readBer(bytes);
  if (request?.tag !== sequence) return undefined;
  // TBSRequest: version [0] and requestorName [1] may come before the list, extensions [2] after it.
  const parts = memberAt(request, 0, sequence)?.members ?? [];
  const list = parts.find(({ tag }) => tag === sequence);
  const certificates = list?.members.map(readCertificateId) ?? [];
  const known = certificates.filter((each) => each !== undefined);
  if (known.length === 0 || known.length !== certificates.length || known.length > maxCertificates)
    return undefined;
  return { certificates: known, nonce: readNonce(parts.find(({ tag }) => tag === 0xa2)) };
}

function readCertificateId(request: Asn1): CertificateId | undefined {
  const id = memberAt(request, 0, sequence);
  const algorithm = memberAt(memberAt(id, 0, sequence), 0, objectId);
  const nameHash = memberAt(id, 1, octetString);
  const keyHash = memberAt(id, 2, octetString);
  const serial = memberAt(id, 3, integer);
  if (!id || !algorithm || !nameHash || !keyHash || !serial) return undefined;
  // One byte more: a serial whose top bit is set has a zero before it.
  if (serial.content.length === 0 || serial.content.length > maxSerialBytes + 1) return undefined;
  return {
    der: id.whole,
    hash: hashes.find(([oid]) => algorithm.whole.equals(oid))?.[1] ?? 'unknown',
    issuerNameHash: nameHash.content,
    issuerKeyHash: keyHash.content,
    serial: serial.content.toString('hex').replace(/^(?:00)+(?=.)/, ''),
  };
}

function readNonce(extensions: Asn1 | undefined): Buffer | null {
  const found = memberAt(extensions, 0, sequence)?.members.find((each) =>
    memberAt(each, 0, objectId)?.whole.equals(nonceType),
  );
  const wrapped = found?.members.at(-1);
  const nonce = wrapped?.tag === octetString ? readBer(wrapped.content) : undefined;
  if (nonce?.tag !== octetString) return null;
  return nonce.content.length >= 1 && nonce.content.length <= maxNonceBytes ? nonce.content : null;
}
