// Requests that wait for an administrator do not wait for ever, and what came to nothing is not kept for ever.
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { pendingMs } from './scep.ts';
import { expirePending, forgetOld } from './scep-store.ts';

/** After the decision, or, where there is a certificate, after its end. */
const keptMs = 90 * 86_400_000;

/** Of several nodes, one audits each. @returns how many expired now */
export async function expireScepRequests(deps: AuditDeps & { readonly db: Db }): Promise<number> {
  return deps.db.write(async (tx) => {
    const now = deps.clock.now();
    const expired = await expirePending(tx, now - pendingMs, now);
    for (const { id, subject } of expired) {
      const about = { actor: { kind: 'system' } as const, applicationId: null, subjectId: id };
      await recordAudit(tx, deps, { event: 'scep_request.expired', ...about, data: { subject } });
    }
    await forgetOld(tx, now - keptMs);
    return expired.length;
  });
}
