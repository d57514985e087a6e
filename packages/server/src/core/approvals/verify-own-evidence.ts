// Verifies evidence where it was made: by the authorities of the installation, and only for certificates that it recorded. A company's root
// that it trusts vouches for far more than its devices.
import { X509Certificate } from 'node:crypto';
import { Evidence } from '@countersign/contract/models.ts';
import { trustedOf } from '#core/certificates/authority.ts';
import { selectAuthorities } from '#core/certificates/authority-store.ts';
import { findCertificate } from '#core/certificates/certificate-store.ts';
import type { Read } from '#db/db.ts';
import { evidenceFaults, type EvidenceVerdict } from './evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';

/** @param text what `writeEvidence` wrote, or its bytes. @returns undefined when the installation has no authority */
export async function verifyOwnEvidence(
  read: Read,
  text: string | Uint8Array,
): Promise<EvidenceVerdict | undefined> {
  const verdicts = (await ownRoots(read)).map((ca) => verifyEvidence(text, ca));
  const genuine = verdicts.find(({ kind }) => kind === 'genuine');
  if (!genuine || (await isOfDevice(read, text))) return genuine ?? verdicts[0];
  const fault = 'certificate_not_recorded';
  return { kind: 'refused', fault, sentence: evidenceFaults[fault] };
}

/** Those that the installation has or had; the newest first. */
const ownRoots = async (read: Read): Promise<readonly string[]> => [
  ...new Set(
    (await selectAuthorities(read)).map(({ certificate, issuers }) =>
      trustedOf({ certificate, issuers: JSON.parse(issuers) as string[] }),
    ),
  ),
];

/** Of evidence that is genuine otherwise. */
async function isOfDevice(read: Read, text: string | Uint8Array): Promise<boolean> {
  const { certificate: pem } = Evidence.parse(JSON.parse(Buffer.from(text).toString()));
  const row = await findCertificate(read, new X509Certificate(pem).serialNumber.toLowerCase());
  return row !== undefined && row.device_id !== '' && row.pem === pem;
}
