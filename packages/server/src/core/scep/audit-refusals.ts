// What is refused at the SCEP door is audited, but not as often as strangers like: one event for each profile and cause in a minute, with
// how many it stands for.
import type { ScepFailure } from './scep.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { createTally } from '#core/audit/tally.ts';
import type { Db } from '#db/db.ts';

export type RefusalCause = ScepFailure | 'unreadable';

/** @param failed is told when the event could not be written: the answer goes out all the same, for it grants nothing */
export function createRefusalAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (profileId: string, cause: RefusalCause) => Promise<void> {
  // As many as there are profiles and causes: only profiles that exist come here.
  const tally = createTally(deps.clock);
  return async (profileId, cause) => {
    const times = tally(`${profileId} ${cause}`);
    if (times === undefined) return;
    const data = { cause, times };
    const about = { actor: { kind: 'scep_profile', id: profileId } as const, applicationId: null };
    await deps.db
      .write((tx) =>
        recordAudit(tx, deps, { event: 'scep_request.rejected', ...about, subjectId: profileId, data }),
      )
      .catch(failed);
  };
}
