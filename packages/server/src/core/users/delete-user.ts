// Deletes a user with all that hangs on it. Certificates of the user's devices go onto the revocation list, waiting logins end.
import type { User } from '@countersign/contract/models.ts';
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { keepPhoneUsers } from '#db/keep-phone-users.ts';
import { Problem } from '#platform/problem.ts';
import { requireUser, showUser } from './get-user.ts';
import { setTeams } from './team-store.ts';
import { lockUser, removeUser } from './user-store.ts';
import { revokeCertificatesOfUser } from './withdraw-user.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @param refuse throws when the user as it is by then must not be deleted.
 * @throws Problem not_found, in_use (signs an administrator in)
 */
export async function deleteUser(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
  refuse?: (before: User) => void,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const user = await requireUser(tx, visible, id);
    const cancelled = await cancelRequests(tx, deps, actor, { column: 'user_id', id });
    await lockUser(tx, deps.db.dialect, id);
    refuse?.(await showUser(tx, await requireUser(tx, visible, id)));
    await keepPhoneUsers(tx, 'id', id);
    const revoked = await revokeCertificatesOfUser(tx, id, deps.clock.now());
    await setTeams(tx, deps, user, []);
    if (!(await removeUser(tx, id))) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'user.deleted',
      actor,
      applicationId: user.application_id,
      subjectId: id,
      data: { username: user.username, certificates_revoked: revoked, requests_cancelled: cancelled },
    });
  });
}
