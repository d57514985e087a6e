// Issues the certificate that a SCEP request asks for, within the transaction that decides it.
import { createPublicKey } from 'node:crypto';
import type { CertificateAuthority } from '#core/certificates/authority.ts';
import {
  authorityKeyIdentifier,
  endEntityConstraints,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  purposes,
  revocationListAt,
  serialText,
  signCertificate,
  statusAt,
  subjectAlternativeNames,
  subjectKeyIdentifier,
} from '#core/certificates/certificate.ts';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { toPem } from '#core/certificates/der.ts';
import { revocationListUrl, statusPath } from '#core/certificates/public-places.ts';
import type { Tx } from '#db/db.ts';
import type { IdSource } from '#platform/id.ts';
import type { ScepProfileRow, ScepRequestRow } from './scep.ts';

const backdatedMs = 3_600_000;
const dayMs = 86_400_000;

export interface ScepIssuerDeps extends IdSource {
  /** Opened before the transaction began. */
  readonly authority: CertificateAuthority;
  readonly publicUrl: string;
}

type Asked = Pick<ScepRequestRow, 'id' | 'subject_der' | 'public_key' | 'names_der' | 'subject'>;

/** @returns serial number (hexadecimal), certificate (PEM) and its end */
export async function issueCertificate(
  tx: Tx,
  { authority, clock, random, publicUrl }: ScepIssuerDeps,
  profile: ScepProfileRow,
  asked: Asked,
): Promise<{ readonly serial: string; readonly certificate: string; readonly valid_until: number }> {
  const now = clock.now();
  const notBefore = wholeSeconds(now - backdatedMs);
  const notAfter = wholeSeconds(Math.min(now + profile.valid_days * dayMs, authority.notAfter));
  const publicKey = Buffer.from(asked.public_key, 'base64');
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  const serial = newSerial(random);
  const names = asked.names_der === null ? [] : [subjectAlternativeNames(fromBase64(asked.names_der))];
  const der = signCertificate(
    {
      serial,
      issuer: authority.subject,
      subject: fromBase64(asked.subject_der),
      publicKey,
      notBefore,
      notAfter,
      extensions: [
        endEntityConstraints(),
        keyUsage('digitalSignature', 'keyEncipherment'),
        purposes('serverAuthentication', 'clientAuthentication'),
        subjectKeyIdentifier(keyIdentifierOf(key)),
        authorityKeyIdentifier(authority.keyIdentifier),
        ...names,
        revocationListAt(revocationListUrl(publicUrl, authority.id)),
        statusAt(`${publicUrl}${statusPath}`),
      ],
    },
    authority.privateKey,
  );
  const issued = { serial: serialText(serial), pem: toPem('CERTIFICATE', der) };
  const dates = { not_before: notBefore, not_after: notAfter, revoked_at: null, revocation_reason: null };
  const holder = { device_id: '', scep_request_id: asked.id, subject: asked.subject };
  await insertCertificate(tx, { ...issued, ...holder, ...dates, authority_id: authority.id });
  return { serial: issued.serial, certificate: issued.pem, valid_until: notAfter };
}

const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');
const wholeSeconds = (at: number): number => Math.floor(at / 1000) * 1000;
