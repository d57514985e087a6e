// Somebody wants a device bound where enrolment is closed: refused, and audited, summed up by the minute.
import type { AuditDeps } from '#core/audit/record-audit.ts';
import { createSummedAudit } from '#core/audit/summed-audit.ts';
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
  const audit = createSummedAudit(deps, failed);
  return ({ applicationId }) => {
    const about = { actor: { kind: 'system' }, applicationId, subjectId: applicationId } as const;
    return audit(applicationId, { event: 'onboarding.closed', ...about });
  };
}
