// What is refused at the SCEP door is audited, but not as often as strangers like: one event for each profile and cause in a minute, with
// how many it stands for.
import type { ScepFailure } from './scep.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import { createSummedAudit } from '#core/audit/summed-audit.ts';
import type { Db } from '#db/db.ts';

export type RefusalCause = ScepFailure | 'unreadable';

/** @param failed is told when the event could not be written: the answer goes out all the same, for it grants nothing */
export function createRefusalAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (profileId: string, cause: RefusalCause) => Promise<void> {
  // As many as there are profiles and causes: only profiles that exist come here.
  const audit = createSummedAudit(deps, failed);
  return (profileId, cause) => {
    const about = { actor: { kind: 'scep_profile', id: profileId } as const, applicationId: null };
    const entry = {
      event: 'scep_request.rejected',
      ...about,
      subjectId: profileId,
      data: { cause },
    } as const;
    return audit(`${profileId} ${cause}`, entry);
  };
}
