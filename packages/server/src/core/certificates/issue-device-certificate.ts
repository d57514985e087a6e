// Issues the certificate of a device from its certificate request.
import type { KeyObject } from 'node:crypto';
import type { Tx } from '#db/db.ts';
import type { IdSource } from '#platform/id.ts';
import { type Authorities, chainOf } from './authority.ts';
import {
  authorityKeyIdentifier,
  commonName,
  endEntityConstraints,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  publicKeyInfo,
  purposes,
  revocationListAt,
  serialText,
  signCertificate,
  statusAt,
  subjectKeyIdentifier,
} from './certificate.ts';
import { insertCertificate } from './certificate-store.ts';
import { toPem } from './der.ts';
import { revocationListUrl, statusPath } from './public-places.ts';

/** Whoever's clock was ahead, or is set back an hour, must not refuse the phones that were bound just before. */
const backdatedMs = 86_400_000;
const lifeMs = 2 * 365 * 86_400_000;

export interface DeviceCertificate {
  /** Hexadecimal. */
  readonly serial: string;
  readonly pem: string;
  /** Epoch milliseconds, whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly authorityId: string;
  /** Its issuers, PEM. */
  readonly chain: readonly string[];
}

export interface CertificateIssuerDeps extends IdSource {
  readonly authorities: Pick<Authorities, 'current'>;
  /** Public URL of the server, without a slash at the end. */
  readonly publicUrl: string;
}

/** @param publicKey P-256, as `readCertificateRequest` gave it. */
export async function issueDeviceCertificate(
  deps: CertificateIssuerDeps,
  deviceId: string,
  publicKey: KeyObject,
): Promise<DeviceCertificate> {
  const { clock, random } = deps;
  const authority = await deps.authorities.current();
  const now = clock.now();
  const notBefore = wholeSeconds(now - backdatedMs);
  const notAfter = wholeSeconds(Math.min(now + lifeMs, authority.notAfter));
  const serial = newSerial(random);
  const der = signCertificate(
    {
      serial,
      issuer: authority.subject,
      subject: commonName(deviceId),
      publicKey: publicKeyInfo(publicKey),
      notBefore,
      notAfter,
      extensions: [
        endEntityConstraints(),
        keyUsage('digitalSignature'),
        purposes('clientAuthentication'),
        subjectKeyIdentifier(keyIdentifierOf(publicKey)),
        authorityKeyIdentifier(authority.keyIdentifier),
        revocationListAt(revocationListUrl(deps.publicUrl, authority.id)),
        statusAt(`${deps.publicUrl}${statusPath}`),
      ],
    },
    authority.privateKey,
  );
  const issued = { serial: serialText(serial), pem: toPem('CERTIFICATE', der), notBefore, notAfter };
  return { ...issued, authorityId: authority.id, chain: chainOf(authority) };
}

/** Writes down that the device has it. */
export const insertDeviceCertificate = (
  tx: Tx,
  deviceId: string,
  { serial, pem, notBefore, notAfter, authorityId }: DeviceCertificate,
) =>
  insertCertificate(tx, {
    ...{ serial, pem, authority_id: authorityId, device_id: deviceId },
    ...{ not_before: notBefore, not_after: notAfter, revoked_at: null, revocation_reason: null },
  });

/** From when on a device is to renew its certificate: after two thirds of its life. Epoch milliseconds. */
export const renewalDueAt = ({ notBefore, notAfter }: Pick<DeviceCertificate, 'notBefore' | 'notAfter'>) =>
  wholeSeconds(notBefore + ((notAfter - notBefore) * 2) / 3);

const wholeSeconds = (at: number): number => Math.floor(at / 1000) * 1000;
