// SQL of API clients and their access tokens.
import type { Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { AccessTokenTable, ApiClientTable } from '#db/administration-tables.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiClientRow } from './api-client.ts';

export async function insertApiClient(tx: Tx, row: ApiClientRow): Promise<void> {
  await tx.insertInto('api_clients').values(row).execute();
}

export function selectApiClient(read: Read, id: string): Promise<ApiClientRow | undefined> {
  return read.selectFrom('api_clients').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @throws Problem not_found, also for one that the caller may not see. */
export async function requireApiClient(
  read: Read,
  visible: string | null,
  id: string,
): Promise<ApiClientRow> {
  const row = await selectApiClient(read, id);
  if (!row || (visible !== null && row.application_id !== visible)) throw new Problem('not_found');
  return row;
}

/** One row more than the page holds, by name. */
export function selectApiClients(
  read: Read,
  visible: string | null,
  page: PageRequest,
): Promise<ApiClientRow[]> {
  const after = readCursor(page, 2);
  let query = read
    .selectFrom('api_clients')
    .selectAll()
    .orderBy('name_key')
    .orderBy('id')
    .limit(page.limit + 1);
  if (visible !== null) query = query.where('application_id', '=', visible);
  if (after) {
    const [key = '', id = ''] = after;
    query = query.where((e) => e(e.refTuple('name_key', 'id'), '>', e.tuple(key, id)));
  }
  return query.execute();
}

export function updateApiClient(
  tx: Tx,
  id: string,
  set: Updateable<ApiClientTable>,
): Promise<ApiClientRow | undefined> {
  return tx.updateTable('api_clients').set(set).where('id', '=', id).returningAll().executeTakeFirst();
}

export async function removeApiClient(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('api_clients').where('id', '=', id).execute();
}

/** @returns false when the client was disabled, deleted or given another secret meanwhile. */
export async function noteUse(tx: Tx, client: ApiClientRow, now: number): Promise<boolean> {
  const row = await tx
    .updateTable('api_clients')
    .set({ last_used_at: now })
    .where('id', '=', client.id)
    .where('enabled', '=', 1)
    .where('secret_hash', '=', client.secret_hash)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertToken(tx: Tx, row: AccessTokenTable): Promise<void> {
  await tx.insertInto('access_tokens').values(row).execute();
}

/** Removes at most `limit` expired tokens, the oldest first. */
export async function removeExpiredTokens(tx: Tx, now: number, limit: number): Promise<void> {
  const expired = tx
    .selectFrom('access_tokens')
    .select('token_hash')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit);
  await tx.deleteFrom('access_tokens').where('token_hash', 'in', expired).execute();
}

/** The token's scopes with its client's, while both hold. */
export function selectCaller(read: Read, tokenHash: string, now: number) {
  return read
    .selectFrom('access_tokens as t')
    .innerJoin('api_clients as c', 'c.id', 't.api_client_id')
    .select(['c.id', 'c.name', 'c.application_id', 'c.scopes as granted', 't.scopes as asked'])
    .where('t.token_hash', '=', tokenHash)
    .where('t.expires_at', '>', now)
    .where('c.enabled', '=', 1)
    .executeTakeFirst();
}
