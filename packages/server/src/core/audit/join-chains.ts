// Joins the audit chains of all nodes: now and then each node writes into its own chain where the others end. Somebody who sets one
// chain back to an older copy of itself is then found by any other.
import type { Db } from '#db/db.ts';
import { type AuditDeps, recordAudit } from './record-audit.ts';
import { writeEnd } from './verify-audit.ts';

/** Far more than nodes that may have joined since. */
const latestEvents = 100;

/**
 * Writes down where every chain ends, unless nothing happened since but joining.
 * @param since epoch milliseconds of the last time; 0 for never. @returns what to hand in the next time. @throws Unavailable
 */
export async function joinChains(deps: AuditDeps & { readonly db: Db }, since: number): Promise<number> {
  const now = deps.clock.now();
  const latest = await deps.db.read
    .selectFrom('audit_events')
    .select(['event', 'at'])
    .orderBy('id', 'desc')
    .limit(latestEvents)
    .execute();
  if (!latest.some(({ event, at }) => event !== 'audit.joined' && at >= since)) return since;
  const ends = await deps.db.read
    .selectFrom('audit_heads')
    .select(['chain', 'sequence', 'hash'])
    .where('sequence', '>', 0)
    .orderBy('chain')
    .execute();
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'audit.joined',
      actor: { kind: 'system' },
      data: { ends: ends.map(writeEnd) },
    }),
  );
  return now;
}
