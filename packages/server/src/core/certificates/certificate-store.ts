// What is remembered of certificates and of the authority that signs them.
import type { Selectable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { CertificateAuthorityTable, CertificateTable } from '#db/tables.ts';

export const insertAuthority = (tx: Tx, row: CertificateAuthorityTable) =>
  tx.insertInto('certificate_authorities').values(row).execute();

/** The authority that signs now: the newest. */
export const findAuthority = (read: Read): Promise<Selectable<CertificateAuthorityTable> | undefined> =>
  read
    .selectFrom('certificate_authorities')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

export const insertCertificate = (tx: Tx, row: CertificateTable) =>
  tx.insertInto('certificates').values(row).execute();

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
): Promise<boolean> {
  const rows = await tx
    .updateTable('certificate_authorities')
    .set(list)
    .where('id', '=', authorityId)
    .where('crl_number', '=', list.crl_number - 1)
    .returning('id')
    .execute();
  return rows.length === 1;
}
