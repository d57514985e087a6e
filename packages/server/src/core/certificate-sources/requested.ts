// What a certificate request of a device says besides its key: the subject, and the challenge password (RFC 2985 5.4.1).
import { memberAt, readBer } from '#core/certificates/ber.ts';
import { commonName } from '#core/certificates/certificate.ts';
import { fromPem, objectIdentifier } from '#core/certificates/der.ts';

const challengePassword = objectIdentifier('1.2.840.113549.1.9.7');

export interface Requested {
  /** DER, whole. */
  readonly der: Buffer;
  readonly namesOnly: (name: string) => boolean;
  readonly challenge: string | null;
}

/** @param pem one that `readCertificateRequest` has read, so that its form and signature are known to be good */
export function readRequested(pem: string): Requested {
  const der =
    fromPem('CERTIFICATE REQUEST', pem) ?? fromPem('NEW CERTIFICATE REQUEST', pem) ?? Buffer.alloc(0);
  const info = memberAt(readBer(der), 0, 0x30);
  const attributes = memberAt(info, 3, 0xa0)?.members ?? [];
  const found = attributes.filter((each) => memberAt(each, 0, 0x06)?.whole.equals(challengePassword));
  const value = found.length === 1 ? memberAt(found[0], 1, 0x31)?.members[0] : undefined;
  return {
    der,
    namesOnly: (name) => info?.members[1]?.whole.equals(commonName(name)) === true,
    challenge: value ? value.content.toString('latin1') : null,
  };
}
