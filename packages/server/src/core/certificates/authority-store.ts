// What is remembered of certificate authorities, without their revocation lists, which are long.
import type { Selectable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { CertificateAuthorityTable } from '#db/certificate-tables.ts';

const columns = ['id', 'kind', 'certificate', 'issuers', 'private_key', 'created_at'] as const;
export type AuthorityRow = Pick<Selectable<CertificateAuthorityTable>, (typeof columns)[number]>;

/** One that has no revocation list yet. */
export const insertAuthority = (tx: Tx, row: AuthorityRow) =>
  tx
    .insertInto('certificate_authorities')
    .values({
      ...row,
      ...{ crl_number: 0, crl: null, crl_revoked_count: 0, crl_this_update: 0, crl_next_update: 0 },
    })
    .execute();

/** The authority that signs what is issued here: the newest that is no root and no third party's. */
export async function findSigningId(read: Read): Promise<string | undefined> {
  const row = await read
    .selectFrom('certificate_authorities')
    .select('id')
    .where('kind', 'in', ['single', 'intermediate'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Whose revocation list certificates of the first releases name, which name no authority: the one from then, else the one that signs now. */
export async function findUnnamedId(read: Read): Promise<string | undefined> {
  const row = await read
    .selectFrom('certificate_authorities')
    .select('id')
    .where('kind', '=', 'single')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? findSigningId(read);
}

export const selectAuthority = (read: Read, id: string): Promise<AuthorityRow | undefined> =>
  read.selectFrom('certificate_authorities').select(columns).where('id', '=', id).executeTakeFirst();

export const selectAuthorities = (read: Read): Promise<AuthorityRow[]> =>
  read
    .selectFrom('certificate_authorities')
    .select(columns)
    .orderBy('created_at', 'desc')
    .orderBy('kind')
    .orderBy('id', 'desc')
    .execute();

/** Forgets a key. @param sealed as it was read. @returns false when it is another one by now, or gone */
export async function forgetKey(tx: Tx, id: string, sealed: string): Promise<boolean> {
  const rows = await tx
    .updateTable('certificate_authorities')
    .set({ private_key: '' })
    .where('id', '=', id)
    .where('private_key', '=', sealed)
    .returning('id')
    .execute();
  return rows.length === 1;
}

/** The authority that issued a certificate, and its issuers; PEM. Empty when it is none of ours. */
export async function readChain(read: Read, authorityId: string): Promise<readonly string[]> {
  const row = await selectAuthority(read, authorityId);
  return row ? [row.certificate, ...(JSON.parse(row.issuers) as string[])] : [];
}
