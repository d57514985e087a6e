// Every certificate of the installation as administrators see it, and revoking one.
import type { Certificate } from '@countersign/contract/scep-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { type Page, toPage } from '#db/page.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { findSigningId, selectAuthority } from './authority-store.ts';
import {
  type CertificateFilter,
  findCertificate,
  markCertificateRevoked,
  selectCertificates,
  type ShownCertificate,
} from './certificate-store.ts';

/** Newest first. @param visible null; a caller who is limited to one application sees none */
export async function listCertificates(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  visible: string | null,
  query: CertificateFilter,
): Promise<Page<Certificate>> {
  const rows = visible === null ? await selectCertificates(db.read, clock.now(), query) : [];
  const page = toPage(rows, query, ({ not_before, serial }) => [String(not_before), serial]);
  return { ...page, items: page.items.map(toCertificate) };
}

const toCertificate = (row: ShownCertificate): Certificate => ({
  serial: row.serial,
  subject: row.subject === '' ? `CN=${row.device_id}` : row.subject,
  device_id: row.device_id === '' ? null : row.device_id,
  device_name: row.device_name,
  user_id: row.user_id,
  username: row.username,
  scep_request_id: row.scep_request_id,
  authority_id: row.authority_id,
  kind: kindOf(row),
  not_before: row.not_before,
  not_after: row.not_after,
  revoked_at: row.revoked_at,
  revocation_reason: row.revocation_reason,
});

function kindOf({ device_id: device, scep_request_id: request }: ShownCertificate): Certificate['kind'] {
  if (device !== '') return 'device';
  return request === null ? 'authority' : 'gateway';
}

/**
 * In a transaction that does more: what a device holds goes with the device.
 * @param serial hexadecimal.
 * @throws Problem not_found: there is none, or it is revoked already; in_use: it signs what is issued now; authority_key_away
 */
export async function revokeCertificateWithin(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  visible: string | null,
  serial: string,
): Promise<void> {
  await mustBeRevocable(tx, serial);
  const row = visible === null ? await markCertificateRevoked(tx, serial, deps.clock.now()) : undefined;
  if (!row) throw new Problem('not_found');
  const about = { actor, applicationId: null, subjectId: row.scep_request_id ?? (row.device_id || null) };
  await recordAudit(tx, deps, { event: 'certificate.revoked', ...about, data: { serial } });
}

/** That of an authority stands on the list of its root: somebody must be there to sign that. */
async function mustBeRevocable(tx: Tx, serial: string): Promise<void> {
  const certificate = await findCertificate(tx, serial);
  const issuer = certificate && (await selectAuthority(tx, certificate.authority_id));
  if (issuer?.kind !== 'root') return;
  const signing = await selectAuthority(tx, (await findSigningId(tx)) ?? '');
  if (signing?.certificate === certificate?.pem)
    throw new Problem('in_use', 'it signs what is issued now; put another one in its place first');
  if (issuer.private_key === '') throw new Problem('authority_key_away');
}
