// The side that asked takes its question back; a late tap on the phone then changes nothing.
import type { AuthRequest } from '@countersign/contract/models.ts';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import { Problem } from '#platform/problem.ts';
import { getAuthRequest } from './auth-request-store.ts';

/** @throws Problem not_found, request_closed */
export async function cancelAuthRequest(
  deps: AuditDeps & { db: Db; bus: Bus },
  caller: { id: string; name: string },
  id: string,
): Promise<AuthRequest> {
  await getAuthRequest(deps.db.read, caller, id);
  const closed = await deps.db.write((tx) =>
    closeAuthRequest(tx, deps, {
      authRequestId: id,
      ending: { status: 'cancelled', reason: 'cancelled' },
      actor: { kind: 'api_client', id: caller.id },
      step: { code: 'cancelled', details: { by: caller.name } },
    }),
  );
  if (!closed) throw new Problem('request_closed');
  wakeAbout(deps.bus, { id, userId: closed.userId });
  return getAuthRequest(deps.db.read, caller, id);
}
