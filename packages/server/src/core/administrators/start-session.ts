// Makes a session: its token goes into the browser's cookie and only the token's hash into the database.
import { toDisplayable } from '@countersign/contract/text.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';
import type { SessionStrength } from '#db/administration-tables.ts';
import { newId } from '#platform/id.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import { updateAdministrator } from './administrator-store.ts';
import { halfSessionMs, type SessionRow, type SessionTimes, type Visitor } from './session.ts';
import { insertSession, removeSession } from './session-store.ts';

export const sessionTokenPrefix = 'cse_';
const addressLimit = 64;
const userAgentLimit = 200;

export interface SessionStart {
  readonly administratorId: string;
  readonly strength: SessionStrength;
  /** How it was proved who is there, for the audit trail; null while it is proved by half only. */
  readonly method: string | null;
  readonly visitor: Visitor;
  /** The session that the browser had, which ends. */
  readonly replaces: string | null;
}

export interface StartedSession {
  readonly row: SessionRow;
  readonly token: string;
}

/** In the transaction of what proved who is there, with the administrator locked. */
export async function startSession(
  tx: Tx,
  deps: AuditDeps,
  times: SessionTimes,
  { administratorId, strength, method, visitor, replaces }: SessionStart,
): Promise<StartedSession> {
  const token = newToken(deps.random, sessionTokenPrefix);
  const now = deps.clock.now();
  const row: SessionRow = {
    id: newId(deps, 'ses'),
    administrator_id: administratorId,
    token_hash: hashToken(token),
    strength,
    verified_at: now,
    phone_request_id: null,
    phone_until: null,
    address: toDisplayable(visitor.address, addressLimit),
    user_agent: toDisplayable(visitor.userAgent, userAgentLimit),
    created_at: now,
    last_used_at: now,
    expires_at: now + (strength === 'half' ? halfSessionMs : times.longest),
  };
  if (replaces !== null) await removeSession(tx, replaces);
  await insertSession(tx, row);
  if (method === null) return { row, token };
  await updateAdministrator(tx, administratorId, { last_signed_in_at: now });
  await recordAudit(tx, deps, {
    event: 'session.started',
    actor: { kind: 'administrator', id: administratorId },
    subjectId: row.id,
    data: { method, address: row.address, user_agent: row.user_agent },
  });
  return { row, token };
}
