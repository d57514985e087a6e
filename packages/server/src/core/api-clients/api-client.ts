// An API client: a program that calls the API. Its client secret and its access tokens are kept as hashes only.
import type { ApiClient } from '@countersign/contract/models.ts';
import { allScopes, type Scope } from '@countersign/contract/scopes.ts';
import type { Selectable } from 'kysely';
import { type Grantor, scopesBeyond } from '#core/permissions/grantor.ts';
import type { ApiClientTable } from '#db/administration-tables.ts';
import { Problem } from '#platform/problem.ts';

export type ApiClientRow = Selectable<ApiClientTable>;

export const clientSecretPrefix = 'css_';
export const accessTokenPrefix = 'cst_';

export const toApiClient = (row: ApiClientRow): ApiClient => ({
  id: row.id,
  name: row.name,
  scopes: readScopes(row.scopes),
  application_id: row.application_id,
  enabled: row.enabled === 1,
  last_used_at: row.last_used_at,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** Each once, in the order of the catalogue; a scope that no longer exists is left out. */
export function readScopes(text: string): Scope[] {
  const named = new Set(text.split(' '));
  return allScopes.filter((scope) => named.has(scope));
}

/** As stored; the other way of `readScopes`. */
export const writeScopes = (scopes: readonly Scope[]): string =>
  allScopes.filter((scope) => scopes.includes(scope)).join(' ');

/** @throws Problem forbidden when the client may do what the grantor may not: nobody handles what is stronger than they are. */
export function refuseStronger(grantor: Grantor, client: ApiClient): void {
  const lacking = scopesBeyond(grantor, client.scopes);
  if (lacking.length > 0)
    throw new Problem('forbidden', `the API client may do what the caller may not: ${lacking.join(', ')}`);
}
