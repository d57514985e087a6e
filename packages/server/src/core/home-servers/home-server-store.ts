// SQL of home servers.
import { sql, type Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { HomeServerTable } from '#db/radius-tables.ts';
import { Problem } from '#platform/problem.ts';
import type { HomeServerRow } from './home-server.ts';

export async function insertHomeServer(tx: Tx, row: HomeServerRow): Promise<void> {
  await tx.insertInto('home_servers').values(row).execute();
}

/** @throws Problem not_found */
export async function requireHomeServer(read: Read, id: string): Promise<HomeServerRow> {
  const row = await read.selectFrom('home_servers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row;
}

/** One row more than the page holds, by name. */
export function selectHomeServers(read: Read, page: PageRequest): Promise<HomeServerRow[]> {
  const after = readCursor(page, 2);
  let query = read
    .selectFrom('home_servers')
    .selectAll()
    .orderBy('name_key')
    .orderBy('id')
    .limit(page.limit + 1);
  if (after) {
    const [key = '', id = ''] = after;
    query = query.where((e) => e(e.refTuple('name_key', 'id'), '>', e.tuple(key, id)));
  }
  return query.execute();
}

/** `updated_at` always grows, also when the clock stands still or is set back: servers recognise a change by it. */
export function updateHomeServer(
  tx: Tx,
  id: string,
  now: number,
  set: Updateable<HomeServerTable>,
): Promise<HomeServerRow | undefined> {
  const updated_at = sql<number>`case when updated_at < ${now} then ${now} else updated_at + 1 end`;
  return tx
    .updateTable('home_servers')
    .set({ ...set, updated_at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Refused by a foreign key while a RADIUS client refers to it (isStillReferred). @returns whether there was one. */
export async function removeHomeServer(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('home_servers').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
