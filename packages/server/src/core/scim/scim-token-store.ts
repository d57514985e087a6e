// SQL of SCIM tokens.
import type { Read, Tx } from '#db/db.ts';
import { type PageRequest, readCursor } from '#db/page.ts';
import type { ScimTokenRow } from './scim-token.ts';

export interface ScimTokenQuery extends PageRequest {
  readonly application_id?: string | undefined;
}

export async function insertScimToken(tx: Tx, row: ScimTokenRow): Promise<void> {
  await tx.insertInto('scim_tokens').values(row).execute();
}

/** One row more than the page holds, newest first: ids grow with time. */
export function selectScimTokens(
  read: Read,
  visible: string | null,
  query: ScimTokenQuery,
): Promise<ScimTokenRow[]> {
  const [before] = readCursor(query, 1) ?? [];
  let rows = read
    .selectFrom('scim_tokens')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  for (const id of [visible, query.application_id])
    if (id !== null && id !== undefined) rows = rows.where('application_id', '=', id);
  if (before !== undefined) rows = rows.where('id', '<', before);
  return rows.execute();
}

/** @returns the token that there was. */
export function removeScimToken(
  tx: Tx,
  visible: string | null,
  id: string,
): Promise<ScimTokenRow | undefined> {
  let rows = tx.deleteFrom('scim_tokens').where('id', '=', id);
  if (visible !== null) rows = rows.where('application_id', '=', visible);
  return rows.returningAll().executeTakeFirst();
}

/** The token with this hash, unless its time is over. */
export function selectValidToken(
  read: Read,
  tokenHash: string,
  now: number,
): Promise<ScimTokenRow | undefined> {
  return read
    .selectFrom('scim_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where((e) => e.or([e('expires_at', 'is', null), e('expires_at', '>', now)]))
    .executeTakeFirst();
}

export async function noteTokenUse(tx: Tx, id: string, now: number): Promise<void> {
  await tx.updateTable('scim_tokens').set({ last_used_at: now }).where('id', '=', id).execute();
}
