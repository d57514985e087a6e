// Deletes a home server that no RADIUS client uses any more.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { isStillReferred } from '#db/unavailable.ts';
import { Problem } from '#platform/problem.ts';
import { removeHomeServer, requireHomeServer } from './home-server-store.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller is refused.
 * @throws Problem forbidden, not_found, in_use.
 */
export async function deleteHomeServer(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<void> {
  requireInstallationWide(visible);
  await deps.db
    .write(async (tx) => {
      const { name } = await requireHomeServer(tx, id);
      if (!(await removeHomeServer(tx, id))) throw new Problem('not_found');
      await recordAudit(tx, deps, { event: 'home_server.deleted', actor, subjectId: id, data: { name } });
    })
    .catch((error: unknown) => {
      throw isStillReferred(error) ? new Problem('in_use', 'a RADIUS client uses it') : error;
    });
}
