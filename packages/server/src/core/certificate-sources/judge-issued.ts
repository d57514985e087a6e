// Whether a certificate that a third party issued is the one that was asked for, and one that what is built on it can use.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { isSignatureAlgorithm } from '#core/certificates/certificate.ts';
import { namesDevice } from '#core/certificates/names-device.ts';
import { splitSigned, toPem } from '#core/certificates/der.ts';
import type { DeviceCertificate } from '#core/certificates/issue-device-certificate.ts';

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const aheadMs = 300_000;

export interface Wanted {
  readonly deviceId: string;
  readonly publicKey: KeyObject;
  readonly authority: {
    readonly id: string;
    readonly certificate: string;
    readonly issuers: readonly string[];
  };
  readonly now: number;
}

/** @param found DER, as many as came. @returns the certificate, or in words why none of them will do */
export function judgeIssued(found: readonly Uint8Array[], wanted: Wanted): DeviceCertificate | string {
  const spki = spkiOf(wanted.publicKey);
  const certificates = found.map(read).filter((each) => each !== undefined);
  const own = certificates.find(({ publicKey }) => spkiOf(publicKey).equals(spki));
  if (!own) return 'what it issued is not for the key of the device';
  const fault = faultOf(own, wanted);
  if (fault !== undefined) return fault;
  const { authority } = wanted;
  return {
    serial: own.serialNumber.toLowerCase(),
    pem: toPem('CERTIFICATE', own.raw),
    notBefore: Date.parse(own.validFrom),
    notAfter: Date.parse(own.validTo),
    authorityId: authority.id,
    chain: [authority.certificate, ...authority.issuers],
  };
}

function read(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

function faultOf(certificate: X509Certificate, { deviceId, authority, now }: Wanted): string | undefined {
  const issuer = new X509Certificate(authority.certificate);
  const signed = splitSigned(certificate.raw);
  if (!signed || !isSignatureAlgorithm(signed.algorithm))
    return 'what it issued is not signed with SHA-256 by a P-256 or RSA key';
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
    return 'what it issued is not signed by the authority with the fingerprint of the settings';
  if (!namesDevice(certificate, deviceId))
    return `what it issued names “${certificate.subject.replaceAll('\n', ', ')}”, not the device`;
  if (certificate.ca || !(certificate.keyUsage ?? []).includes(clientAuthentication))
    return 'what it issued is not for client authentication';
  if (Date.parse(certificate.validFrom) > now + aheadMs || Date.parse(certificate.validTo) <= now)
    return 'what it issued does not hold now';
  return undefined;
}
