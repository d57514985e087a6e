// SQL of applications, and of what must end with one: certificates of its users' devices and requests that still wait.
import type { Updateable } from 'kysely';
import type { Db, Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { ApplicationTable } from '#db/tables.ts';
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

/** Cancels what still waits for somebody's approval. @returns how many auth requests. */
export async function cancelRequestsOfApplication(tx: Tx, id: string, now: number): Promise<number> {
  const cancelled = await tx
    .updateTable('auth_requests')
    .set({ status: 'cancelled', reason: 'cancelled', decided_at: now, updated_at: now })
    .where('application_id', '=', id)
    .where('status', '=', 'pending')
    .returning('id')
    .execute();
  await tx
    .updateTable('challenges')
    .set({ status: 'cancelled', decided_at: now })
    .where('status', '=', 'pending')
    .where(
      'auth_request_id',
      'in',
      tx
        .selectFrom('auth_requests')
        .select('id')
        .where('application_id', '=', id)
        .where('status', '=', 'cancelled'),
    )
    .execute();
  const details = JSON.stringify({ by: 'an administrator' });
  for (const request of cancelled) {
    await tx
      .insertInto('steps')
      .values((e) => ({
        auth_request_id: request.id,
        position: e
          .selectFrom('steps')
          .select((s) => s.fn.coalesce(s(s.fn.max('position'), '+', 1), s.lit(0)).as('next'))
          .where('auth_request_id', '=', request.id),
        at: now,
        code: 'cancelled' as const,
        details,
      }))
      .execute();
  }
  return cancelled.length;
}

export async function removeApplication(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('applications').where('id', '=', id).execute();
}
