// Nobody hands on more than they have: what whoever makes or changes an administrator or an API client may do themselves.
import type { Scope } from '@countersign/contract/scopes.ts';
import { Problem } from '#platform/problem.ts';

/** Owners and the command line may do everything. */
export type Grantor =
  | 'everything'
  | { readonly scopes: readonly Scope[]; readonly applicationId: string | null };

/** The application that a grantor is limited to, or null. */
export const visibleTo = (grantor: Grantor): string | null =>
  grantor === 'everything' ? null : grantor.applicationId;

/** Each once, in their order. */
export const scopesBeyond = (grantor: Grantor, scopes: readonly Scope[]): readonly Scope[] =>
  grantor === 'everything' ? [] : [...new Set(scopes)].filter((scope) => !grantor.scopes.includes(scope));

/** @throws Problem forbidden when the grantor lacks one of the scopes. */
export function refuseScopesBeyond(grantor: Grantor, scopes: readonly Scope[]): void {
  const lacking = scopesBeyond(grantor, scopes);
  if (lacking.length > 0)
    throw new Problem('forbidden', `the API client cannot hand on what it lacks: ${lacking.join(', ')}`);
}
