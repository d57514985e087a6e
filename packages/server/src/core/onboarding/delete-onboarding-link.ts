// Withdraws an onboarding link: its ticket is unknown from this commit on. A device that it bound already stays.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { deleteLink, findLink } from './onboarding-store.ts';

/** @throws Problem not_found */
export function deleteOnboardingLink(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  return deps.db.write(async (tx) => {
    const link = await findLink(tx, visible, id);
    if (!link || !(await deleteLink(tx, id))) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'onboarding_link.deleted',
      actor,
      applicationId: link.application_id,
      subjectId: id,
      data: { user_id: link.user_id, was_used: link.used_at !== null },
    });
  });
}
