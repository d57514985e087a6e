// Enables or disables many users, each as if alone: an audit event for each, and waiting logins of disabled ones end.
import type { UsersResult } from '@countersign/contract/overview-models.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { changeUser } from './change-user.ts';
import { eachUser } from './each-user.ts';
import type { Passwords } from './passwords.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Unavailable */
export const changeUsers = (
  deps: AuditDeps & { readonly db: Db; readonly passwords: Passwords },
  actor: Actor,
  visible: string | null,
  { user_ids, enabled }: { readonly user_ids: readonly string[]; readonly enabled: boolean },
): Promise<UsersResult> => eachUser(user_ids, (id) => changeUser(deps, actor, visible, id, { enabled }));
