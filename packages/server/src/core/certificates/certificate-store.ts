// What is remembered of certificates and of the authority that signs them.
import type { certificateKinds, certificateStates } from '@countersign/contract/certificate-kinds.ts';
import type { Selectable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { CertificateTable } from '#db/certificate-tables.ts';

/** `subject` and `scep_request_id` are those of certificates that are no device's. */
type NewCertificate = Omit<CertificateTable, 'subject' | 'scep_request_id'> &
  Partial<Pick<CertificateTable, 'subject' | 'scep_request_id'>>;

export const insertCertificate = (tx: Tx, row: NewCertificate) =>
  tx
    .insertInto('certificates')
    .values({ subject: '', scep_request_id: null, ...row })
    .execute();

export interface RevokedCertificate {
  readonly serial: string;
  readonly revoked_at: number;
  readonly revocation_reason: number | null;
}

/** Revoked certificates of an authority that expire at `expireFrom` or later, oldest revocation first. */
export function listRevoked(
  read: Read,
  authorityId: string,
  expireFrom: number,
): Promise<RevokedCertificate[]> {
  return read
    .selectFrom('certificates')
    .select(['serial', 'revocation_reason'])
    .select((e) => e.ref('revoked_at').$notNull().as('revoked_at'))
    .where('authority_id', '=', authorityId)
    .where('revoked_at', 'is not', null)
    .where('not_after', '>=', expireFrom)
    .orderBy('revoked_at')
    .orderBy('serial')
    .execute();
}

export type RevocationState = Pick<Selectable<CertificateTable>, 'revoked_at' | 'revocation_reason'>;

/** Undefined when the authority never issued such a certificate. @param serial hexadecimal */
export const findCertificateState = (
  read: Read,
  authorityId: string,
  serial: string,
): Promise<RevocationState | undefined> =>
  read
    .selectFrom('certificates')
    .select(['revoked_at', 'revocation_reason'])
    .where('serial', '=', serial)
    .where('authority_id', '=', authorityId)
    .executeTakeFirst();

/** How many certificates were ever revoked: changes with every revocation. */
export async function countRevoked(read: Read, authorityId: string): Promise<number> {
  const { count } = await read
    .selectFrom('certificates')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('authority_id', '=', authorityId)
    .where('revoked_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface StoredRevocationList {
  readonly crl_number: number;
  /** DER, base64; null before the first one. */
  readonly crl: string | null;
  readonly crl_revoked_count: number;
  readonly crl_this_update: number;
  readonly crl_next_update: number;
}

export const findRevocationList = (read: Read, authorityId: string): Promise<StoredRevocationList> =>
  read
    .selectFrom('certificate_authorities')
    .select(['crl_number', 'crl', 'crl_revoked_count', 'crl_this_update', 'crl_next_update'])
    .where('id', '=', authorityId)
    .executeTakeFirstOrThrow();

/** Puts a new list in place of the one with the number before. @returns false when another node was first. */
export async function replaceRevocationList(
  tx: Tx,
  authorityId: string,
  list: StoredRevocationList,
  before = list.crl_number - 1,
): Promise<boolean> {
  const rows = await tx
    .updateTable('certificate_authorities')
    .set(list)
    .where('id', '=', authorityId)
    .where('crl_number', '=', before)
    .returning('id')
    .execute();
  return rows.length === 1;
}

export type CertificateRow = Selectable<CertificateTable>;

/** @param serial hexadecimal */
export const findCertificate = (read: Read, serial: string): Promise<CertificateRow | undefined> =>
  read.selectFrom('certificates').selectAll().where('serial', '=', serial).executeTakeFirst();

export interface CertificateFilter extends PageRequest {
  readonly kind?: CertificateKind | undefined;
  readonly state?: CertificateState | undefined;
}
type CertificateKind = (typeof certificateKinds)[number];
type CertificateState = (typeof certificateStates)[number];

export type ShownCertificate = CertificateRow & {
  readonly device_name: string | null;
  readonly user_id: string | null;
  readonly username: string | null;
};

const endingMs = 60 * 86_400_000;

/** One row more than the page holds, newest first. */
export function selectCertificates(
  read: Read,
  now: number,
  query: CertificateFilter,
): Promise<ShownCertificate[]> {
  const after = readCursor(query, 2, ([at = '']) => /^\d{1,15}$/.test(at));
  let rows = read
    .selectFrom('certificates')
    .leftJoin('devices', 'devices.id', 'certificates.device_id')
    .leftJoin('users', 'users.id', 'devices.user_id')
    .selectAll('certificates')
    .select(['devices.name as device_name', 'devices.user_id', 'users.username'])
    .orderBy('certificates.not_before', 'desc')
    .orderBy('certificates.serial', 'desc')
    .limit(query.limit + 1);
  if (after !== undefined) {
    const [at, serial] = [Number(after[0]), after[1] ?? ''];
    rows = rows.where((e) =>
      e.or([
        e('certificates.not_before', '<', at),
        e.and([e('certificates.not_before', '=', at), e('certificates.serial', '<', serial)]),
      ]),
    );
  }
  if (query.kind === 'device') rows = rows.where('certificates.device_id', '!=', '');
  if (query.kind === 'gateway') rows = rows.where('scep_request_id', 'is not', null);
  if (query.kind === 'authority')
    rows = rows.where('certificates.device_id', '=', '').where('scep_request_id', 'is', null);
  if (query.state === 'revoked') return rows.where('certificates.revoked_at', 'is not', null).execute();
  if (query.state === undefined) return rows.execute();
  rows = rows.where('certificates.revoked_at', 'is', null);
  if (query.state === 'expired') return rows.where('not_after', '<=', now).execute();
  if (query.state === 'ending') rows = rows.where('not_after', '<=', now + endingMs);
  return rows.where('not_after', '>', now).execute();
}

/** @returns undefined when there is none, or it is revoked */
export const markCertificateRevoked = (
  tx: Tx,
  serial: string,
  at: number,
): Promise<CertificateRow | undefined> =>
  tx
    .updateTable('certificates')
    .set({ revoked_at: at, revocation_reason: 0 })
    .where('serial', '=', serial)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
