// Somebody wants a device bound where enrolment is closed: refused, and audited, summed up by the minute.
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { createTally } from '#core/audit/tally.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

export class EnrolmentClosed extends Problem {
  readonly applicationId: string;

  constructor(applicationId: string) {
    super('enrolment_closed');
    this.applicationId = applicationId;
  }
}

/** @param failed is told when the event could not be written: the refusal goes out all the same */
export function createClosedAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (closed: EnrolmentClosed) => Promise<void> {
  const tally = createTally(deps.clock);
  return async ({ applicationId }) => {
    const times = tally(applicationId);
    if (times === undefined) return;
    const about = { actor: { kind: 'system' }, applicationId, subjectId: applicationId } as const;
    await deps.db
      .write((tx) => recordAudit(tx, deps, { event: 'onboarding.closed', ...about, data: { times } }))
      .catch(failed);
  };
}
