// SQL of sessions.
import type { Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { SessionTable } from '#db/administration-tables.ts';
import type { SessionRow } from './session.ts';

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.insertInto('sessions').values(row).execute();
}

/** The moment, and what the settings allow then, in milliseconds. */
interface Times {
  readonly now: number;
  readonly idle: number;
  readonly longest: number;
}

/** While it holds and its administrator is enabled. */
export function selectLiveSession(
  read: Read,
  tokenHash: string,
  { now, idle, longest }: Times,
): Promise<SessionRow | undefined> {
  return read
    .selectFrom('sessions as s')
    .innerJoin('administrators as a', 'a.id', 's.administrator_id')
    .selectAll('s')
    .where('s.token_hash', '=', tokenHash)
    .where('s.expires_at', '>', now)
    .where('s.last_used_at', '>', now - idle)
    .where('s.created_at', '>', now - longest)
    .where('a.enabled', '=', 1)
    .executeTakeFirst();
}

/** Newest first; sessions that still wait for their second factor are none yet. */
export function selectSessions(
  read: Read,
  administratorId: string,
  { now, idle, longest }: Times,
): Promise<SessionRow[]> {
  return read
    .selectFrom('sessions')
    .selectAll()
    .where('administrator_id', '=', administratorId)
    .where('strength', '!=', 'half')
    .where('expires_at', '>', now)
    .where('last_used_at', '>', now - idle)
    .where('created_at', '>', now - longest)
    .orderBy('id', 'desc')
    .limit(maxListed)
    .execute();
}

/** Nobody has as many; whoever does sees the newest. */
const maxListed = 200;

/** Notes that a session is used. Of calls at the same time one writes. */
export async function touchSession(tx: Tx, id: string, now: number, atMostEvery: number): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where('last_used_at', '<=', now - atMostEvery)
    .execute();
}

/** @returns false when the session has ended. */
export async function updateSession(tx: Tx, id: string, set: Updateable<SessionTable>): Promise<boolean> {
  const row = await tx
    .updateTable('sessions')
    .set(set)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns false when it had ended. */
export async function removeSession(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.deleteFrom('sessions').where('id', '=', id).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** @param except a session that stays. @returns how many ended. */
export async function removeSessionsOf(
  tx: Tx,
  administratorId: string,
  except: string | null = null,
): Promise<number> {
  let query = tx.deleteFrom('sessions').where('administrator_id', '=', administratorId);
  if (except !== null) query = query.where('id', '!=', except);
  return (await query.returning('id').execute()).length;
}

/** What has ended by itself: sessions after their longest time or idle, and ceremonies. */
export async function removeEnded(tx: Tx, { now, idle, longest }: Times): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where((e) =>
      e.or([
        e('expires_at', '<=', now),
        e('last_used_at', '<=', now - idle),
        e('created_at', '<=', now - longest),
      ]),
    )
    .execute();
  await tx.deleteFrom('ceremonies').where('expires_at', '<=', now).execute();
}
