// Shows sessions: the own one, and whose there are.
import type { Session, SessionSummary } from '@countersign/contract/administrator-models.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import { requireAdministrator } from './administrator-store.ts';
import { readSessionTimes, toSession, toSummary } from './session.ts';
import { selectSessions } from './session-store.ts';

interface SessionDeps extends SettingsDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** @throws Problem unauthorized when it has ended meanwhile */
export async function getSession(deps: SessionDeps, id: string): Promise<Session> {
  const { db, clock } = deps;
  const row = await db.read.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new Problem('unauthorized');
  const facts = await requireAdministrator(db.read, row.administrator_id, clock.now());
  return toSession(row, facts, await readSessionTimes(deps));
}

/** Newest first. @param current which of them asks, or null. @throws Problem not_found (the administrator) */
export async function listSessions(
  deps: SessionDeps,
  administratorId: string,
  current: string | null,
): Promise<readonly SessionSummary[]> {
  const { db, clock } = deps;
  await requireAdministrator(db.read, administratorId, clock.now());
  const times = await readSessionTimes(deps);
  const rows = await selectSessions(db.read, administratorId, { now: clock.now(), ...times });
  return rows.map((row) => toSummary(row, current));
}
