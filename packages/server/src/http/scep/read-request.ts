// Reads the certificate request within a SCEP message (PKCS #10, RFC 2986): an RSA key, a subject, names and a challenge password.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CertificateRequest } from '#core/scep/scep.ts';
import { type Asn1, memberAt, readBer } from '#core/certificates/ber.ts';
import { type Der, objectIdentifier, sequence } from '#core/certificates/der.ts';
import { isUsableRsa } from '#core/certificates/signed-message.ts';

const challengePassword = objectIdentifier('1.2.840.113549.1.9.7');
const extensionRequest = objectIdentifier('1.2.840.113549.1.9.14');
const subjectAltName = objectIdentifier('2.5.29.17');
const algorithms = [
  ['sha256', objectIdentifier('1.2.840.113549.1.1.11')],
  ['sha384', objectIdentifier('1.2.840.113549.1.1.12')],
  ['sha512', objectIdentifier('1.2.840.113549.1.1.13')],
  ['sha1', objectIdentifier('1.2.840.113549.1.1.5')],
] as const;
const maxSubjectBytes = 512;
const maxNames = 20;
const maxNameBytes = 253;
const maxChallengeBytes = 128;
/** GeneralName (RFC 5280 4.2.1.6): rfc822Name, dNSName, iPAddress. */
const nameTags = { email: 0x81, dns: 0x82, address: 0x87 } as const;

/**
 * @param signer the key that signed the message. One signature is checked whatever the bytes are, so that the time tells little.
 * @returns undefined when it is none that can be had here
 */
export function readRequest(
  bytes: Uint8Array,
  signer: KeyObject,
  allowLegacy: boolean,
): CertificateRequest | undefined {
  const request = readBer(bytes);
  const info = memberAt(request, 0, 0x30);
  const algorithm = memberAt(memberAt(request, 1, 0x30), 0, 0x06)?.whole;
  const [digest = 'sha256'] = algorithms.find(([, oid]) => algorithm?.equals(oid)) ?? [];
  const signature = memberAt(request, 2, 0x03)?.content.subarray(1) ?? Buffer.alloc(256);
  const key = readKey(memberAt(info, 2, 0x30));
  const isSigned = isSignedBy(key ?? signer, {
    digest,
    signed: info?.whole ?? Buffer.from(bytes),
    signature,
  });
  if (!info || !key || !algorithm || !isSigned || (digest === 'sha1' && !allowLegacy)) return undefined;
  const subject = memberAt(info, 1, 0x30);
  if (!subject || subject.whole.length > maxSubjectBytes) return undefined;
  const names = readNames(attributeOf(info, extensionRequest));
  if (!names) return undefined;
  const challenge = attributeOf(info, challengePassword)?.content;
  return {
    subject: subject.whole,
    publicKey: key,
    names: names.der,
    dnsNames: names.dns,
    otherNames: names.others,
    challenge: challenge && challenge.length <= maxChallengeBytes ? challenge.toString('utf8') : '',
  };
}

function readKey(info: Asn1 | undefined): KeyObject | undefined {
  if (!info) return undefined;
  try {
    const key = createPublicKey({ key: info.whole, format: 'der', type: 'spki' });
    return isUsableRsa(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

interface Signed {
  readonly digest: string;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function isSignedBy(key: KeyObject, { digest, signed, signature }: Signed): boolean {
  try {
    return verify(digest, signed, key, signature);
  } catch {
    return false;
  }
}

function attributeOf(info: Asn1, type: Der): Asn1 | undefined {
  const attributes = memberAt(info, 3, 0xa0)?.members ?? [];
  const found = attributes.find((each) => memberAt(each, 0, 0x06)?.whole.equals(type));
  return memberAt(found, 1, 0x31)?.members[0];
}

interface ReadNames {
  /** GeneralNames; null: there are none. */
  readonly der: Der | null;
  readonly dns: readonly string[];
  readonly others: readonly string[];
}
const noNames: ReadNames = { der: null, dns: [], others: [] };

/** Undefined when there is one that we do not sign. */
function readNames(extensions: Asn1 | undefined): ReadNames | undefined {
  const found = extensions?.members.find((each) => memberAt(each, 0, 0x06)?.whole.equals(subjectAltName));
  const value = found?.members.at(-1);
  if (!value) return noNames;
  const names = readBer(value.content);
  if (names?.tag !== 0x30 || names.members.length > maxNames) return undefined;
  if (names.members.length === 0) return noNames;
  if (!names.members.every(isSignable)) return undefined;
  const dns = names.members.filter(({ tag }) => tag === nameTags.dns);
  return {
    der: sequence(...names.members.map(({ whole }) => whole)),
    dns: dns.map(({ content }) => content.toString('latin1').toLowerCase()),
    others: names.members.filter(({ tag }) => tag !== nameTags.dns).map(textOf),
  };
}

function textOf({ tag, content }: Asn1): string {
  if (tag === nameTags.email) return content.toString('latin1');
  if (content.length === 4) return content.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => content.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}

function isSignable({ tag, content }: Asn1): boolean {
  const text = content.toString('latin1');
  if (content.length > maxNameBytes) return false;
  if (tag === nameTags.address) return content.length === 4 || content.length === 16;
  if (tag === nameTags.email) return /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(text);
  return tag === nameTags.dns && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(text);
}
