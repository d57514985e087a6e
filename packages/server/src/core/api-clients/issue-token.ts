// Gives an API client an access token for its secret: OAuth 2.0 client credentials (RFC 6749 4.4).
import { ids } from '@countersign/contract/models.ts';
import { allScopes, type Scope } from '@countersign/contract/scopes.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { newToken, type Random } from '#platform/random.ts';
import { equalInConstantTime, hashToken } from '#platform/secret.ts';
import { accessTokenPrefix, readScopes, writeScopes } from './api-client.ts';
import { insertToken, noteUse, removeExpiredTokens, selectApiClient } from './api-client-store.ts';

export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Space-separated (RFC 6749 3.3); absent for all that the client has. */
  readonly scope?: string | undefined;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Space-separated. */
  readonly scope: string;
}

const validSeconds = 3600;
/** So that no single request pays for a long pause in tidying. */
const maxRemovedAtOnce = 100;
// What an unknown client's secret is compared with: the hash of nothing that anybody holds.
const nobodysHash = hashToken('');

/** @throws Problem invalid_client (one for unknown, wrong secret and disabled), invalid_scope. */
export async function issueToken(
  deps: { readonly db: Db; readonly clock: Clock; readonly random: Random },
  { clientId, clientSecret, scope }: TokenRequest,
): Promise<IssuedToken> {
  // Checked here, not at the edge: a client_id of another form must get the same answer, after the same work.
  const known = ids.apiClient.safeParse(clientId).success;
  const client = await selectApiClient(deps.db.read, known ? clientId : '');
  const matches = equalInConstantTime(hashToken(clientSecret), client?.secret_hash ?? nobodysHash);
  if (!client || !matches || client.enabled !== 1) throw new Problem('invalid_client');
  const scopes = chooseScopes(readScopes(client.scopes), scope);
  const accessToken = newToken(deps.random, accessTokenPrefix);
  const now = deps.clock.now();
  await deps.db.write(async (tx) => {
    if (!(await noteUse(tx, client, now))) throw new Problem('invalid_client');
    await removeExpiredTokens(tx, now, maxRemovedAtOnce);
    await insertToken(tx, {
      token_hash: hashToken(accessToken),
      api_client_id: client.id,
      scopes: writeScopes(scopes),
      expires_at: now + validSeconds * 1000,
    });
  });
  return { accessToken, expiresInSeconds: validSeconds, scope: writeScopes(scopes) };
}

function chooseScopes(granted: readonly Scope[], asked: string | undefined): readonly Scope[] {
  if (asked === undefined) return granted;
  const names = asked.split(' ');
  const unknown = names.filter((name) => !granted.some((scope) => scope === name));
  if (unknown.length > 0) throw new Problem('invalid_scope');
  return allScopes.filter((scope) => names.includes(scope));
}
