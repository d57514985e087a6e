// Deletes many users, each as if alone.
import type { UsersResult } from '@countersign/contract/overview-models.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { deleteUser } from './delete-user.ts';
import { eachUser } from './each-user.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem in_use, at the first who signs an administrator in; Unavailable */
export const deleteUsers = (
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { user_ids }: { readonly user_ids: readonly string[] },
): Promise<UsersResult> => eachUser(user_ids, (id) => deleteUser(deps, actor, visible, id));
