// The few forms of Cryptographic Message Syntax (RFC 5652) that SCEP has: read within limits, written as DER.
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { type Asn1, memberAt, octetsOf, readBer } from './ber.ts';
import {
  constructed,
  type Der,
  element,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  primitive,
  sequence,
} from './der.ts';

export const oids = {
  data: objectIdentifier('1.2.840.113549.1.7.1'),
  signedData: objectIdentifier('1.2.840.113549.1.7.2'),
  envelopedData: objectIdentifier('1.2.840.113549.1.7.3'),
  contentType: objectIdentifier('1.2.840.113549.1.9.3'),
  messageDigest: objectIdentifier('1.2.840.113549.1.9.4'),
  rsaEncryption: objectIdentifier('1.2.840.113549.1.1.1'),
  sha256: objectIdentifier('2.16.840.1.101.3.4.2.1'),
} as const;

export const maxCertificates = 8;
const nothing = element(0x05);
const sequenceTag = 0x30;
const set = (...members: readonly Der[]): Der =>
  // X.690 11.6: members of a SET OF in ascending order.
  element(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)));

/** What stands in `ContentInfo { type, [0] EXPLICIT content }`. */
export function contentOf(info: Asn1 | undefined, type: Der): Asn1 | undefined {
  if (!memberAt(info, 0, 0x06)?.whole.equals(type)) return undefined;
  return memberAt(info, 1, 0xa0)?.members[0];
}

/** Issuer and serial number as one element: how messages name a certificate. */
export const issuerAndSerial = (issuer: Der, serial: Der): Der => sequence(issuer, serial);

/** The same of a certificate, DER. @throws Error when it cannot be read */
export function nameOfCertificate(certificate: Uint8Array): Der {
  // TBSCertificate: [0] version (not in version 1), serialNumber, signature, issuer, …
  const fields = memberAt(readBer(certificate), 0, 0x30)?.members.filter(({ tag }) => tag !== 0xa0);
  const [serial, , issuer] = fields ?? [];
  if (!serial || !issuer) throw new Error('a certificate cannot be read');
  return issuerAndSerial(issuer.whole, serial.whole);
}

// ---- ciphers

export interface Cipher {
  readonly name: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc';
  readonly oid: Der;
  readonly keyBytes: number;
  readonly blockBytes: number;
  readonly isLegacy: boolean;
}

const aes = (bits: 128 | 192 | 256, oid: string): Cipher => ({
  name: `aes-${bits}-cbc`,
  oid: objectIdentifier(oid),
  keyBytes: bits / 8,
  blockBytes: 16,
  isLegacy: false,
});
const ciphers: readonly Cipher[] = [
  aes(128, '2.16.840.1.101.3.4.1.2'),
  aes(192, '2.16.840.1.101.3.4.1.22'),
  aes(256, '2.16.840.1.101.3.4.1.42'),
  {
    name: 'des-ede3-cbc',
    oid: objectIdentifier('1.2.840.113549.3.7'),
    keyBytes: 24,
    blockBytes: 8,
    isLegacy: true,
  },
];

/** What messages of ours are encrypted with. */
export const strongestCipher = aes(256, '2.16.840.1.101.3.4.1.42');

export interface Envelope {
  readonly encryptedKey: Buffer;
  readonly cipher: Cipher;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
}

/** @param recipient `issuerAndSerial` of whom it must be for. @returns undefined when it is not in this form, or for somebody else */
export function readEnvelope(data: Asn1 | undefined, recipient: Der): Envelope | undefined {
  // EnvelopedData: version, [0] originatorInfo?, SET recipientInfos, encryptedContentInfo, …
  const recipients = data?.members.find(({ tag }) => tag === 0x31)?.members ?? [];
  const info = data?.members.find(({ tag }) => tag === sequenceTag);
  const own = recipients.find((each) => memberAt(each, 1, sequenceTag)?.whole.equals(recipient));
  const keyAlgorithm = memberAt(memberAt(own, 2, sequenceTag), 0, 0x06);
  const encryptedKey = memberAt(own, 3, 0x04)?.content;
  const algorithm = memberAt(info, 1, sequenceTag);
  const cipher = ciphers.find(({ oid }) => memberAt(algorithm, 0, 0x06)?.whole.equals(oid));
  const iv = memberAt(algorithm, 1, 0x04)?.content;
  const encrypted = info?.members[2];
  const ciphertext = encrypted && (encrypted.tag & 0xdf) === 0x80 ? octetsOf(encrypted) : undefined;
  if (!keyAlgorithm?.whole.equals(oids.rsaEncryption) || !encryptedKey) return undefined;
  if (!cipher || iv?.length !== cipher.blockBytes || !ciphertext) return undefined;
  if (ciphertext.length === 0 || ciphertext.length % cipher.blockBytes !== 0) return undefined;
  return { encryptedKey, cipher, iv, ciphertext };
}

/**
 * Opens an envelope. What is encrypted wrongly opens into noise and nothing here says so (RFC 5246 7.4.7.1 has the reason): the caller
 * finds no request in it and gives its one answer.
 */
export function openEnvelope({ encryptedKey, cipher, iv, ciphertext }: Envelope, key: KeyObject): Buffer {
  const random = randomBytes(cipher.keyBytes);
  const decrypted = decryptKey(encryptedKey, key);
  const contentKey = decrypted.length === cipher.keyBytes ? decrypted : random;
  const decipher = createDecipheriv(cipher.name, contentKey, iv).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  const isPadded =
    padding >= 1 &&
    padding <= cipher.blockBytes &&
    padded.subarray(-padding).every((byte) => byte === padding);
  return isPadded ? padded.subarray(0, -padding) : padded;
}

function decryptKey(encryptedKey: Buffer, key: KeyObject): Buffer {
  try {
    // The library rejects implicitly: wrong padding gives random bytes, not an error.
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, encryptedKey);
  } catch {
    // Not as long as the modulus.
    return Buffer.alloc(0);
  }
}

/** EnvelopedData within ContentInfo, for one recipient with an RSA key. */
export function writeEnvelope(
  content: Der,
  { cipher, recipient, key }: { readonly cipher: Cipher; readonly recipient: Der; readonly key: KeyObject },
): Der {
  const contentKey = randomBytes(cipher.keyBytes);
  const iv = randomBytes(cipher.blockBytes);
  const encipher = createCipheriv(cipher.name, contentKey, iv);
  const ciphertext = Buffer.concat([encipher.update(content), encipher.final()]);
  const encryptedKey = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, contentKey);
  const recipientInfo = sequence(
    integer(0),
    recipient,
    sequence(oids.rsaEncryption, nothing),
    octetString(encryptedKey),
  );
  const encryptedContent = sequence(
    oids.data,
    sequence(cipher.oid, octetString(iv)),
    primitive(0, ciphertext),
  );
  const data = sequence(integer(0), set(recipientInfo), encryptedContent);
  return sequence(oids.envelopedData, explicit(0, data));
}

/** The certificates in a SignedData that holds nothing else. @returns undefined when it is none, or they are more than 8 or unreadable */
export function readCertificatesOnly(bytes: Uint8Array): readonly X509Certificate[] | undefined {
  const data = contentOf(readBer(bytes), oids.signedData);
  const members = memberAt(data, 3, 0xa0)?.members ?? [];
  if (members.length === 0 || members.length > maxCertificates) return undefined;
  try {
    return members.map(({ whole }) => new X509Certificate(whole));
  } catch {
    return undefined;
  }
}

/** SignedData with nothing but certificates (RFC 8894 3.4). @param certificates DER */
export function certificatesOnly(certificates: readonly Der[]): Der {
  const data = sequence(
    integer(1),
    element(0x31),
    sequence(oids.data),
    constructed(0, ...certificates),
    element(0x31),
  );
  return sequence(oids.signedData, explicit(0, data));
}

interface Signing {
  /** Undefined: the message has no content. */
  readonly content: Der | undefined;
  /** Attributes besides content type and digest. */
  readonly attributes: readonly Der[];
  readonly certificate: Der;
  readonly signer: Der;
  readonly privateKey: KeyObject;
}

export const attribute = (type: Der, value: Der): Der => sequence(type, set(value));

/** SignedData within ContentInfo, by one signer with an RSA key and SHA-256. */
export function signData({ content, attributes, certificate, signer, privateKey }: Signing): Der {
  const digest = createHash('sha256')
    .update(content ?? Buffer.alloc(0))
    .digest();
  const all = set(
    attribute(oids.contentType, oids.data),
    attribute(oids.messageDigest, octetString(digest)),
    ...attributes,
  );
  const sha256 = sequence(oids.sha256, nothing);
  // RFC 5652 5.4: signed as a SET, sent with an implicit tag.
  const sent = Buffer.from(all);
  sent[0] = 0xa0;
  const signerInfo = sequence(
    integer(1),
    signer,
    sha256,
    sent,
    // Some clients take only this one, which RFC 3370 3.2 allows with any digest.
    sequence(oids.rsaEncryption, nothing),
    octetString(sign('sha256', all, privateKey)),
  );
  const info =
    content === undefined ? sequence(oids.data) : sequence(oids.data, explicit(0, octetString(content)));
  const data = sequence(integer(1), set(sha256), info, constructed(0, certificate), set(signerInfo));
  return sequence(oids.signedData, explicit(0, data));
}
