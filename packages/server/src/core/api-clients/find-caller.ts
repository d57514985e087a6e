// Tells who calls with an access token and what they may do at this moment.
import type { Scope } from '@countersign/contract/scopes.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { hashToken } from '#platform/secret.ts';
import { accessTokenPrefix, readScopes } from './api-client.ts';
import { selectCaller } from './api-client-store.ts';

export interface ApiCaller {
  readonly apiClientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The only application that the caller may see; null for all. */
  readonly applicationId: string | null;
}

/** Undefined when the token is unknown or expired, or its client disabled or deleted. Scopes taken from the client are gone. */
export async function findCaller(
  deps: { readonly db: Db; readonly clock: Clock },
  token: string,
): Promise<ApiCaller | undefined> {
  if (!token.startsWith(accessTokenPrefix)) return undefined;
  const row = await selectCaller(deps.db.read, hashToken(token), deps.clock.now());
  if (!row) return undefined;
  const granted = new Set(readScopes(row.granted));
  const scopes = new Set(readScopes(row.asked).filter((scope) => granted.has(scope)));
  return { apiClientId: row.id, name: row.name, scopes, applicationId: row.application_id };
}
