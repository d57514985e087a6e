// Writes down that a push failed: in the login's steps, at the subscription, and when the push service no longer knows it, by removing it.
import { pushFailures } from '@countersign/contract/push-failures.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { appendSteps } from '#core/audit/steps.ts';
import type { Db, Tx } from '#db/db.ts';
import type { PushOutcome } from './push-subscription.ts';
import { deleteSubscription, noteFailure } from './push-subscription-store.ts';

export interface PushedTo {
  /** Of the subscription. */
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly failedBefore: boolean;
  /** The auth request it was for; null for an activation. */
  readonly requestId: string | null;
}

export function recordPushOutcome(
  deps: AuditDeps & { readonly db: Db },
  outcome: PushOutcome,
  to: PushedTo,
): Promise<void> {
  return deps.db.write(async (tx) => {
    if (outcome.kind !== 'failed') return noteFailure(tx, to.id, null);
    const { cause, status } = outcome;
    const at = deps.clock.now();
    // The auth request before anything else: everybody takes their locks in this order.
    if (to.requestId !== null) {
      const details = { device: to.deviceName, cause: pushFailures[cause] };
      await tx
        .updateTable('auth_requests')
        .set({ steps: appendSteps(at, [{ code: 'push_failed', details }]) })
        .where('id', '=', to.requestId)
        .execute();
    }
    if (cause === 'gone') return prune(tx, deps, to, status);
    // It says something about us, not about the subscription.
    if (cause !== 'queue_full') await noteFailure(tx, to.id, { cause, status, at });
  });
}

async function prune(tx: Tx, deps: AuditDeps, to: PushedTo, status: number | null): Promise<void> {
  const removed = await deleteSubscription(tx, 'id', to.id);
  if (!removed) return;
  const owner = await tx
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .select('users.application_id')
    .where('devices.id', '=', to.deviceId)
    .executeTakeFirst();
  await recordAudit(tx, deps, {
    event: 'push_subscription.pruned',
    actor: { kind: 'system' },
    applicationId: owner?.application_id ?? null,
    subjectId: to.deviceId,
    data: { ...removed, status },
  });
}
