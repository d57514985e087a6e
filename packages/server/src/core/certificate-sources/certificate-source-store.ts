// SQL of where certificates of devices come from, and of what is under way there.
import type { Selectable } from 'kysely';
import type { CertificateEnrolmentTable, CertificateSourceTable } from '#db/certificate-source-tables.ts';
import type { Read, Tx } from '#db/db.ts';

export type SourceRow = Selectable<CertificateSourceTable>;
export type EnrolmentRow = Selectable<CertificateEnrolmentTable>;

export const findSource = (read: Read): Promise<SourceRow | undefined> =>
  read.selectFrom('certificate_sources').selectAll().where('singleton', '=', 1).executeTakeFirst();

/** @param before revision that was read; 0: there was none. @returns false when somebody else was faster */
export async function putSource(tx: Tx, row: SourceRow, before: number): Promise<boolean> {
  if (before === 0) {
    const made = await tx
      .insertInto('certificate_sources')
      .values(row)
      .onConflict((c) => c.doNothing())
      .returning('revision')
      .execute();
    return made.length === 1;
  }
  const rows = await tx
    .updateTable('certificate_sources')
    .set(row)
    .where('singleton', '=', 1)
    .where('revision', '=', before)
    .returning('revision')
    .execute();
  return rows.length === 1;
}

export const findEnrolment = (read: Read, keyThumbprint: string): Promise<EnrolmentRow | undefined> =>
  read
    .selectFrom('certificate_enrolments')
    .selectAll()
    .where('key_thumbprint', '=', keyThumbprint)
    .executeTakeFirst();

/** In place of one of other settings, or whose challenge password is too old. @returns false when another call was faster */
export async function putEnrolment(tx: Tx, row: EnrolmentRow): Promise<boolean> {
  const rows = await tx
    .insertInto('certificate_enrolments')
    .values(row)
    .onConflict((c) => c.doNothing())
    .returning('key_thumbprint')
    .execute();
  return rows.length === 1;
}

/** From told to asked, from there to waiting or issued. @returns false when it stands elsewhere by now */
export async function moveEnrolment(
  tx: Tx,
  { key_thumbprint: key, revision, transaction_id: transaction }: EnrolmentRow,
  from: EnrolmentRow['state'],
  set: Partial<EnrolmentRow>,
): Promise<boolean> {
  const rows = await tx
    .updateTable('certificate_enrolments')
    .set(set)
    .where('key_thumbprint', '=', key)
    .where('revision', '=', revision)
    .where('transaction_id', '=', transaction)
    .where('state', '=', from)
    .returning('key_thumbprint')
    .execute();
  return rows.length === 1;
}

/** The device must begin anew; not with what another call began meanwhile. */
export const forgetEnrolment = (
  tx: Tx,
  {
    key_thumbprint: key,
    transaction_id: transaction,
  }: Pick<EnrolmentRow, 'key_thumbprint' | 'transaction_id'>,
) =>
  tx
    .deleteFrom('certificate_enrolments')
    .where('key_thumbprint', '=', key)
    .where('transaction_id', '=', transaction)
    .execute();

/** The device has its certificate. */
export const forgetEnrolmentsOf = (tx: Tx, keyThumbprint: string) =>
  tx.deleteFrom('certificate_enrolments').where('key_thumbprint', '=', keyThumbprint).execute();

/** Of devices that never came back. */
export const forgetOldEnrolments = (tx: Tx, before: number) =>
  tx.deleteFrom('certificate_enrolments').where('created_at', '<', before).execute();
