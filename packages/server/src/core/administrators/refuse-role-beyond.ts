// Nobody makes an administrator who may do what they may not do themselves.
import { type RoleName, roles } from '@countersign/contract/roles.ts';
import { type Grantor, refuseScopesBeyond, visibleTo } from '#core/permissions/grantor.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';

/** @throws Problem forbidden when the role may do what the grantor may not; administrators are bound to no application. */
export function refuseRoleBeyond(grantor: Grantor, role: RoleName): void {
  requireInstallationWide(visibleTo(grantor));
  refuseScopesBeyond(grantor, [...roles[role].reads, ...roles[role].changes]);
}
