// Ends sessions: one of one's own, all of somebody's, and those whose time is over.
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';
import { requireAdministrator } from './administrator-store.ts';
import { readSessionTimes } from './session.ts';
import { removeEnded, removeSession, removeSessionsOf } from './session-store.ts';

type EndDeps = AuditDeps & { readonly db: Db };

interface Own {
  readonly administratorId: string;
  readonly sessionId: string;
}

/** Logs out. */
export async function endSession(deps: EndDeps, { administratorId, sessionId }: Own): Promise<void> {
  await deps.db.write(async (tx) => {
    if (!(await removeSession(tx, sessionId))) return;
    await recordAudit(tx, deps, {
      event: 'session.ended',
      actor: { kind: 'administrator', id: administratorId },
      subjectId: sessionId,
      data: { administrator_id: administratorId, logged_out: true },
    });
  });
}

/** Ends another one of the own sessions. @throws Problem not_found */
export async function endOwnSession(deps: EndDeps, administratorId: string, id: string): Promise<void> {
  await deps.db.write(async (tx) => {
    const row = await tx
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('administrator_id', '=', administratorId)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw new Problem('not_found');
    await recordAudit(tx, deps, {
      event: 'session.ended',
      actor: { kind: 'administrator', id: administratorId },
      subjectId: id,
      data: { administrator_id: administratorId },
    });
  });
}

/** Ends all sessions of an administrator. @throws Problem not_found, forbidden (the administrator is stronger than the grantor) */
export async function endSessionsOf(
  deps: EndDeps,
  actor: Actor,
  grantor: Grantor,
  administratorId: string,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const { role } = await requireAdministrator(tx, administratorId, deps.clock.now());
    refuseRoleBeyond(grantor, role);
    const ended = await removeSessionsOf(tx, administratorId);
    if (ended === 0) return;
    await recordAudit(tx, deps, {
      event: 'session.ended',
      actor,
      subjectId: administratorId,
      data: { administrator_id: administratorId, sessions: ended },
    });
  });
}

/** Removes sessions and ceremonies whose time is over; nobody can use them any more. */
export async function forgetSessions(deps: Pick<EndDeps, 'db' | 'clock'> & SettingsDeps): Promise<void> {
  const times = await readSessionTimes(deps);
  await deps.db.write((tx) => removeEnded(tx, { now: deps.clock.now(), ...times }));
}
