// Ends the sessions of an administrator whom the directory no longer lets in.
import { removeSessionsOf } from '#core/administrators/session-store.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import type { KeepDeps } from './keep-directory-administrator.ts';

/** @param why for the audit trail */
export async function endDirectorySessions(
  deps: KeepDeps,
  administratorId: string,
  why: { readonly reason: string; readonly cause?: string | undefined },
): Promise<void> {
  await deps.db.write(async (tx) => {
    const ended = await removeSessionsOf(tx, administratorId);
    if (ended === 0) return;
    await recordAudit(tx, deps, {
      event: 'session.ended',
      actor: { kind: 'system' },
      subjectId: administratorId,
      data: {
        administrator_id: administratorId,
        sessions: ended,
        reason: why.reason,
        ...(why.cause !== undefined && { cause: toDisplayable(why.cause, 300) }),
      },
    });
  });
}
