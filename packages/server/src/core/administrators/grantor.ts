// Nobody hands on more than they have: an API client makes no administrator who may do what it may not do itself.
import { type RoleName, roles } from '@countersign/contract/roles.ts';
import type { Scope } from '@countersign/contract/scopes.ts';
import { Problem } from '#platform/problem.ts';

/** Owners and the command line may do everything. */
export type Grantor =
  | 'everything'
  | { readonly scopes: readonly Scope[]; readonly applicationId: string | null };

/** @throws Problem forbidden when the grantor is bound to one application: administrators are bound to none. */
export function refuseBound(grantor: Grantor): void {
  if (grantor !== 'everything' && grantor.applicationId !== null)
    throw new Problem('forbidden', 'the API client is bound to one application');
}

/** @throws Problem forbidden when the role may do what the grantor may not. */
export function refuseRoleBeyond(grantor: Grantor, role: RoleName): void {
  refuseBound(grantor);
  if (grantor === 'everything') return;
  const lacking = [...roles[role].reads, ...roles[role].changes].filter(
    (scope) => !grantor.scopes.includes(scope),
  );
  if (lacking.length > 0)
    throw new Problem(
      'forbidden',
      `the API client cannot hand on what it lacks: ${[...new Set(lacking)].join(', ')}`,
    );
}
