// Reads a signed message of SCEP (RFC 8894 3.2) up to its envelope: who signed, what for, in which transaction. One signer, RSA.
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type Asn1, memberAt, octetsOf, readBer } from './ber.ts';
import { type Der, objectIdentifier } from './der.ts';
import { contentOf, issuerAndSerial, maxCertificates, oids } from './cms.ts';

const verisign = (arc: number) => objectIdentifier(`2.16.840.1.113733.1.9.${arc}`);
export const scepAttributes = {
  messageType: verisign(2),
  pkiStatus: verisign(3),
  failInfo: verisign(4),
  senderNonce: verisign(5),
  recipientNonce: verisign(6),
  transactionId: verisign(7),
} as const;

const digests = [
  ['sha256', oids.sha256],
  ['sha384', objectIdentifier('2.16.840.1.101.3.4.2.2')],
  ['sha512', objectIdentifier('2.16.840.1.101.3.4.2.3')],
  ['sha1', objectIdentifier('1.3.14.3.2.26')],
] as const;
const smallestModulus = 2048;
const largestModulus = 8192;

export interface SignedMessage {
  readonly messageType: string;
  readonly transactionId: string;
  readonly senderNonce: Buffer;
  /** Of answers only: empty or undefined in requests. */
  readonly recipientNonce: Buffer | undefined;
  readonly pkiStatus: string;
  readonly failInfo: string;
  readonly digest: (typeof digests)[number][0];
  /** Empty when there is none, as in an answer that refuses. */
  readonly content: Buffer;
  readonly signer: {
    readonly certificate: X509Certificate;
    /** Issuer and serial number: how the answer names it. */
    readonly name: Der;
    readonly key: KeyObject;
  };
}

/** A request. @returns undefined when it is no such message, or its signature is wrong */
export function readSignedMessage(bytes: Uint8Array): SignedMessage | undefined {
  const message = readSignedAnswer(bytes);
  return message && message.content.length > 0 ? message : undefined;
}

/** As `readSignedMessage`, with or without a content. */
export function readSignedAnswer(bytes: Uint8Array): SignedMessage | undefined {
  const data = contentOf(readBer(bytes), oids.signedData);
  const inner = contentOf(data?.members[2], oids.data);
  const content = inner ? octetsOf(inner) : Buffer.alloc(0);
  const infos = data?.members.at(-1);
  const info = infos?.tag === 0x31 && infos.members.length === 1 ? infos.members[0] : undefined;
  const attributes = memberAt(info, 3, 0xa0);
  const name = memberAt(info, 1, 0x30)?.whole;
  const digest = digests.find(([, oid]) =>
    memberAt(memberAt(info, 2, 0x30), 0, 0x06)?.whole.equals(oid),
  )?.[0];
  if (!data || !content || !attributes || !name || !digest) return undefined;
  const certificate = findCertificate(memberAt(data, 3, 0xa0), name);
  const key = certificate && rsaKeyOf(certificate);
  const signature = memberAt(info, 5, 0x04)?.content;
  if (!certificate || !key || !signature || !isSigned({ attributes, key, digest, signature }))
    return undefined;
  const read = readAttributes(attributes);
  if (!read?.messageDigest.equals(createHash(digest).update(content).digest())) return undefined;
  const { messageDigest: _, ...marks } = read;
  return { ...marks, digest, content, signer: { certificate, name, key } };
}

function findCertificate(certificates: Asn1 | undefined, name: Der): X509Certificate | undefined {
  const all = certificates?.members ?? [];
  if (all.length > maxCertificates) return undefined;
  const found = all.find((each) => {
    // TBSCertificate: [0] version (not in version 1), serialNumber, signature, issuer, …
    const fields = each.members[0]?.members.filter(({ tag }) => tag !== 0xa0) ?? [];
    const [serial, , issuer] = fields;
    return serial && issuer && Buffer.from(issuerAndSerial(issuer.whole, serial.whole)).equals(name);
  });
  try {
    return found && new X509Certificate(found.whole);
  } catch {
    return undefined;
  }
}

function rsaKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return isUsableRsa(certificate.publicKey) ? certificate.publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** 2048 to 8192 bits: below is weak, above costs us more than the client. */
export function isUsableRsa(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const isSized = modulusLength >= smallestModulus && modulusLength <= largestModulus;
  return key.asymmetricKeyType === 'rsa' && isSized && publicExponent >= 3n && publicExponent <= 2n ** 32n;
}

interface Signed {
  readonly attributes: Asn1;
  readonly key: KeyObject;
  readonly digest: string;
  readonly signature: Buffer;
}

function isSigned({ attributes, key, digest, signature }: Signed): boolean {
  const signed = Buffer.from(attributes.whole);
  signed[0] = 0x31; // RFC 5652 5.4
  try {
    return verify(digest, signed, key, signature);
  } catch {
    return false;
  }
}

function readAttributes(attributes: Asn1) {
  const value = (type: Der): Asn1 | undefined => {
    const found = attributes.members.filter((each) => memberAt(each, 0, 0x06)?.whole.equals(type));
    const values = found.length === 1 ? memberAt(found[0], 1, 0x31)?.members : undefined;
    return values?.length === 1 ? values[0] : undefined;
  };
  const text = (type: Der) => value(type)?.content.toString('latin1') ?? '';
  const messageDigest = value(oids.messageDigest)?.content;
  const senderNonce = value(scepAttributes.senderNonce)?.content;
  const messageType = text(scepAttributes.messageType);
  const transactionId = text(scepAttributes.transactionId);
  if (!messageDigest || !senderNonce || senderNonce.length < 1 || senderNonce.length > 64) return undefined;
  if (!/^\d{1,3}$/.test(messageType) || !/^[\x20-\x7e]{1,128}$/.test(transactionId)) return undefined;
  const recipientNonce = value(scepAttributes.recipientNonce)?.content;
  const [pkiStatus, failInfo] = [text(scepAttributes.pkiStatus), text(scepAttributes.failInfo)];
  return { messageDigest, senderNonce, recipientNonce, messageType, transactionId, pkiStatus, failInfo };
}
