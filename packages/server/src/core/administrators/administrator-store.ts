// SQL of administrators.
import { type Insertable, sql, type Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { AdministratorTable } from '#db/administration-tables.ts';
import { Problem } from '#platform/problem.ts';
import type { AdministratorFacts } from './administrator.ts';

export async function insertAdministrator(tx: Tx, row: Insertable<AdministratorTable>): Promise<void> {
  await tx.insertInto('administrators').values(row).execute();
}

const facts = (read: Read, now: number) =>
  read
    .selectFrom('administrators as a')
    .leftJoin('users as u', 'u.id', 'a.phone_user_id')
    .leftJoin('applications as p', 'p.id', 'u.application_id')
    .selectAll('a')
    .select(['u.username as phone_username', 'p.name as phone_application'])
    .select([
      sql<number>`(select count(*) from passkeys as k where k.administrator_id = a.id)`.as('passkey_count'),
      sql<number | null>`(select max(l.expires_at) from setup_links as l where l.administrator_id = a.id
        and l.used_at is null and l.expires_at > ${now})`.as('invited_until'),
    ]);

/** @throws Problem not_found */
export async function requireAdministrator(read: Read, id: string, now: number): Promise<AdministratorFacts> {
  const row = await facts(read, now).where('a.id', '=', id).executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

export const findAdministratorByName = (
  read: Read,
  usernameKey: string,
  now: number,
): Promise<AdministratorFacts | undefined> =>
  facts(read, now).where('a.username_key', '=', usernameKey).executeTakeFirst();

/** By the id that a user source has for the person; the same id of another source is somebody else’s. */
export const findAdministratorByGuid = (
  read: Read,
  { sourceId, guid }: { readonly sourceId: string; readonly guid: string },
  now: number,
): Promise<AdministratorFacts | undefined> =>
  facts(read, now)
    .where('a.directory_source_id', '=', sourceId)
    .where('a.directory_guid', '=', guid)
    .executeTakeFirst();

/** One row more than the page holds, by user name. */
export function selectAdministrators(
  read: Read,
  page: PageRequest,
  now: number,
): Promise<AdministratorFacts[]> {
  const after = readCursor(page, 1);
  let query = facts(read, now)
    .orderBy('a.username_key')
    .limit(page.limit + 1);
  if (after) query = query.where('a.username_key', '>', after[0] ?? '');
  return query.execute();
}

export async function updateAdministrator(
  tx: Tx,
  id: string,
  set: Updateable<AdministratorTable>,
): Promise<void> {
  await tx.updateTable('administrators').set(set).where('id', '=', id).execute();
}

/** Until the transaction ends nobody else changes the administrator. @throws Problem not_found */
export async function lockAdministrator(tx: Tx, id: string, now: number): Promise<AdministratorFacts> {
  await tx
    .updateTable('administrators')
    .set((e) => ({ updated_at: e.ref('updated_at') }))
    .where('id', '=', id)
    .execute();
  return requireAdministrator(tx, id, now);
}

export async function removeAdministrator(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('administrators').where('id', '=', id).execute();
}
