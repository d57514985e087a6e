// Tells which system pushes with a SCIM token, and into which application.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { hashToken } from '#platform/secret.ts';
import { scimTokenPrefix } from './scim-token.ts';
import { noteTokenUse, selectValidToken } from './scim-token-store.ts';

export interface ScimCaller {
  readonly kind: 'scim_token';
  readonly id: string;
  readonly name: string;
  readonly applicationId: string;
}

/** When a token was last used is for people; a write for each call would cost more than the call. */
const notedEveryMs = 60_000;

/** Undefined when the token is unknown, deleted or past its time. */
export async function findScimCaller(
  deps: { readonly db: Db; readonly clock: Clock },
  token: string,
): Promise<ScimCaller | undefined> {
  if (!token.startsWith(scimTokenPrefix)) return undefined;
  const now = deps.clock.now();
  const row = await selectValidToken(deps.db.read, hashToken(token), now);
  if (!row) return undefined;
  if (now - (row.last_used_at ?? 0) >= notedEveryMs)
    await deps.db.write((tx) => noteTokenUse(tx, row.id, now));
  return { kind: 'scim_token', id: row.id, name: row.name, applicationId: row.application_id };
}
