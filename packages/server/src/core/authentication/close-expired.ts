// Ends auth requests whose time is over. Whoever comes first does it: the waiting door, the next login, or the sweep.
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';

/** How many one sweep ends in one transaction. */
const sweepSize = 200;

/** Ends what is over in the whole database. @returns how many were ended */
export async function closeExpired(deps: AuditDeps & { db: Db; bus: Bus }): Promise<number> {
  const over = await overdue(deps).limit(sweepSize).execute();
  if (over.length === 0) return 0;
  const closed = await deps.db.write((tx) =>
    expireEach(
      tx,
      deps,
      over.map(({ id }) => id),
    ),
  );
  for (const { id, userId } of closed) wakeAbout(deps.bus, { id, userId });
  return closed.length;
}

/** Ends one auth request if its time is over. */
export async function closeIfExpired(
  deps: AuditDeps & { db: Db; bus: Bus },
  authRequestId: string,
): Promise<void> {
  const over = await overdue(deps).where('id', '=', authRequestId).execute();
  if (over.length === 0) return;
  const closed = await deps.db.write((tx) => expireEach(tx, deps, [authRequestId]));
  for (const { id, userId } of closed) wakeAbout(deps.bus, { id, userId });
}

const overdue = ({ db, clock }: AuditDeps & { db: Db }) =>
  db.read
    .selectFrom('auth_requests')
    .select('id')
    .where('status', '=', 'pending')
    .where('expires_at', '<=', clock.now());

async function expireEach(
  tx: Tx,
  deps: AuditDeps,
  ids: readonly string[],
): Promise<{ id: string; userId: string | null }[]> {
  const ended: { id: string; userId: string | null }[] = [];
  // In the order of ids: two sweeps on two nodes must take the same locks in the same order.
  for (const id of ids.toSorted()) {
    const closed = await closeAuthRequest(tx, deps, {
      authRequestId: id,
      ending: { status: 'expired', reason: 'expired' },
      actor: { kind: 'system' },
      step: { code: 'expired' },
    });
    if (closed) ended.push({ id, userId: closed.userId });
  }
  return ended;
}
