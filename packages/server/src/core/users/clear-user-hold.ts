// Releases requests that are held after “it was not me” or quietened after repeated denied or ignored ones.
import type { User } from '@countersign/contract/models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { requireUser, showUser } from './get-user.ts';
import { updateUser } from './user-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export function clearUserHold(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  id: string,
): Promise<User> {
  return deps.db.write(async (tx) => {
    const before = await requireUser(tx, visible, id);
    const row = await updateUser(tx, id, {
      held_by_request_id: null,
      unanswered_streak: 0,
      left_alone_until: null,
      updated_at: deps.clock.now(),
    });
    if (!row) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'user.hold_cleared',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { held_by_request_id: before.held_by_request_id, left_alone_until: before.left_alone_until },
    });
    return showUser(tx, row);
  });
}
