// Tells who calls with a session cookie and what they may do at this moment.
import type { RoleName } from '@countersign/contract/roles.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import { hashToken } from '#platform/secret.ts';
import type { AdministratorFacts } from './administrator.ts';
import { requireAdministrator } from './administrator-store.ts';
import { mustEnrol, readSessionTimes, type SessionRow, type SessionTimes } from './session.ts';
import { selectLiveSession, touchSession } from './session-store.ts';
import { sessionTokenPrefix } from './start-session.ts';

export interface LiveSession {
  readonly row: SessionRow;
  readonly administrator: AdministratorFacts;
  readonly times: SessionTimes;
}

interface FindDeps extends SettingsDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** How exactly it is known when a session was last used: no call waits for a write oftener than this. */
const touchEveryMs = 60_000;

/**
 * Also one that still waits for its second factor. Undefined when it has ended, or its administrator is disabled.
 * @param isAttended false for what a page asks by itself: nobody is there because of it, and the session goes on idling.
 */
export async function findSession(
  deps: FindDeps,
  token: string | undefined,
  isAttended = true,
): Promise<LiveSession | undefined> {
  if (token?.startsWith(sessionTokenPrefix) !== true) return undefined;
  const { db, clock } = deps;
  const times = await readSessionTimes(deps);
  const now = clock.now();
  const row = await selectLiveSession(db.read, hashToken(token), { now, ...times });
  if (!row) return undefined;
  const administrator = await requireAdministrator(db.read, row.administrator_id, now).catch(() => undefined);
  if (!administrator) return undefined;
  if (isAttended && now - row.last_used_at >= touchEveryMs)
    await db.write((tx) => touchSession(tx, row.id, now, touchEveryMs));
  return { row, administrator, times };
}

export interface SignedIn {
  readonly administratorId: string;
  readonly username: string;
  readonly role: RoleName;
  readonly sessionId: string;
  /** Signed in with a password alone: only the own session may be called. */
  readonly mustEnrol: boolean;
  /** Whether it was proved lately enough who is there for what destroys. */
  readonly isVerified: boolean;
  /** When the directory last said that the administrator may come in; null for local ones, of whom nobody else says it. */
  readonly directoryCheckedAt: number | null;
}

/** Undefined as well for a session that still waits for its second factor. */
export async function findSignedIn(
  deps: FindDeps,
  token: string,
  isAttended = true,
): Promise<SignedIn | undefined> {
  const found = await findSession(deps, token, isAttended);
  if (!found || found.row.strength === 'half') return undefined;
  const { row, administrator, times } = found;
  return {
    administratorId: administrator.id,
    username: administrator.username,
    role: administrator.role,
    sessionId: row.id,
    mustEnrol: mustEnrol(row, administrator),
    isVerified: deps.clock.now() < row.verified_at + times.stepUp,
    directoryCheckedAt: administrator.kind === 'local' ? null : (administrator.directory_checked_at ?? 0),
  };
}
