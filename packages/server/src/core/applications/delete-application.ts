// Deletes an application with all that hangs on it. Certificates of its devices go onto the revocation list, waiting logins end.
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { keepAdministratorSource } from '#db/administrator-source.ts';
import { keepPhoneUsers } from '#db/keep-phone-users.ts';
import { Problem } from '#platform/problem.ts';
import { lockApplication, removeApplication, revokeCertificatesOfApplication } from './application-store.ts';
import { requireApplication } from './get-application.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, in_use (a user or a user source of it signs administrators in)
 */
export async function deleteApplication(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const { name } = await requireApplication(tx, visible, id);
    const cancelled = await cancelRequests(tx, deps, actor, { column: 'application_id', id });
    await lockApplication(tx, deps.db.dialect, id);
    await keepPhoneUsers(tx, 'application_id', id);
    await keepAdministratorSource(tx, 'application_id', id);
    const revoked = await revokeCertificatesOfApplication(tx, id, deps.clock.now());
    if (!(await removeApplication(tx, id))) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'application.deleted',
      actor,
      applicationId: id,
      subjectId: id,
      data: { name, certificates_revoked: revoked, requests_cancelled: cancelled },
    });
  });
}
