// Whom a certificate names: its subject and subjectAltName, each from its own place. Whether bytes stand anywhere in a certificate says
// nothing: its holder chose the key, and much of the names.
import { memberAt, readBer } from './ber.ts';
import { type Der, objectIdentifier } from './der.ts';

const subjectAltName = objectIdentifier('2.5.29.17');
const [explicitExtensions, octetString, sequence] = [0xa3, 0x04, 0x30];

export interface CertificateNames {
  /** Distinguished name. */
  readonly subject: Der;
  /** GeneralNames; null when there are none. */
  readonly names: Der | null;
}

/** @param certificate DER of version 3, as ours are. @returns undefined when it is none */
export function namesOfCertificate(certificate: Uint8Array): CertificateNames | undefined {
  // TBSCertificate (RFC 5280 4.1): version, serialNumber, signature, issuer, validity, subject, …, [3] extensions.
  const fields = memberAt(readBer(certificate), 0, sequence);
  const subject = memberAt(fields, 5, sequence);
  if (!subject) return undefined;
  const extensions = fields?.members.find(({ tag }) => tag === explicitExtensions)?.members[0]?.members ?? [];
  const found = extensions.find((each) => memberAt(each, 0, 0x06)?.whole.equals(subjectAltName));
  const value = found?.members.findLast(({ tag }) => tag === octetString)?.content;
  return { subject: subject.whole, names: value ?? null };
}
