// SQL of applications, and of what must end with one: certificates of its users' devices.
import type { Updateable } from 'kysely';
import type { Db, Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { ApplicationTable } from '#db/application-tables.ts';
import type { ApplicationRow } from './application.ts';

/** CRLReason cessationOfOperation (RFC 5280 5.3.1). */
const cessationOfOperation = 5;

export async function insertApplication(tx: Tx, row: ApplicationRow): Promise<void> {
  await tx.insertInto('applications').values(row).execute();
}

/** One row more than the page holds, by name. */
export function selectApplications(
  read: Read,
  visible: string | null,
  page: PageRequest,
): Promise<ApplicationRow[]> {
  const after = readCursor(page, 2);
  let query = read
    .selectFrom('applications')
    .selectAll()
    .orderBy('name_key')
    .orderBy('id')
    .limit(page.limit + 1);
  if (visible !== null) query = query.where('id', '=', visible);
  if (after) {
    const [key = '', id = ''] = after;
    query = query.where((e) => e(e.refTuple('name_key', 'id'), '>', e.tuple(key, id)));
  }
  return query.execute();
}

export function updateApplication(
  tx: Tx,
  id: string,
  set: Updateable<ApplicationTable>,
): Promise<ApplicationRow | undefined> {
  return tx.updateTable('applications').set(set).where('id', '=', id).returningAll().executeTakeFirst();
}

/**
 * Keeps new users and devices out until the transaction ends. PostgreSQL only: a row that refers to a locked one waits.
 * SQLite has one writer at a time.
 */
export async function lockApplication(tx: Tx, dialect: Db['dialect'], id: string): Promise<void> {
  if (dialect === 'sqlite') return;
  await tx.selectFrom('applications').select('id').where('id', '=', id).forUpdate().execute();
  await tx
    .selectFrom('users')
    .select('id')
    .where('application_id', '=', id)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** @returns how many were revoked. */
export async function revokeCertificatesOfApplication(tx: Tx, id: string, now: number): Promise<number> {
  const devices = tx
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .select('devices.id')
    .where('users.application_id', '=', id);
  const { numUpdatedRows } = await tx
    .updateTable('certificates')
    .set({ revoked_at: now, revocation_reason: cessationOfOperation })
    .where('revoked_at', 'is', null)
    .where('device_id', 'in', devices)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** @returns whether there was one. */
export async function removeApplication(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('applications').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
