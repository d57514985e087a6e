// While somebody of the directory is signed in, the directory is asked anew every few minutes: who left the group is out soon.
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import type { Clock } from '#platform/clock.ts';
import { createRecall } from '#platform/recall.ts';
import { readDirectoryRow } from './administrator-directory-store.ts';
import { type ConfirmDeps, confirmMember } from './confirm-member.ts';
import { endDirectorySessions } from './end-directory-sessions.ts';

/** How long what the directory said counts for a session. */
const recheckMs = 5 * 60_000;
/** How long a session outlasts a directory that cannot be asked, since it last said yes. */
const outageMs = 15 * 60_000;
/** While it cannot be asked, it is tried so often, for each administrator. */
const triedAgainMs = 15_000;

/** A clock that was set back must not make an answer good for ever. */
const isWithin = (ms: number, at: number, now: number): boolean => at <= now && now - at < ms;

/** @param checkedAt when the directory last said yes */
export const isDue = (checkedAt: number, now: number): boolean => !isWithin(recheckMs, checkedAt, now);

export interface Rechecks {
  /** Whether the session may go on. Asks the directory when it is due, once for all calls that come meanwhile. */
  mayGoOn(administrator: AdministratorFacts): Promise<boolean>;
}

export function createRechecks(deps: ConfirmDeps & { readonly clock: Clock }): Rechecks {
  const recall = createRecall(deps.clock, triedAgainMs);
  return {
    async mayGoOn(administrator) {
      const { id, directory_checked_at: at } = administrator;
      const checkedAt = at ?? 0;
      const now = deps.clock.now();
      if (!isDue(checkedAt, now)) return true;
      // What was said by other settings says nothing.
      const { revision } = await readDirectoryRow(deps.db.read);
      const no = await recall(`${id} ${checkedAt} ${revision}`, () => confirmMember(deps, administrator));
      if (!no) return true;
      if (no.reason !== 'directory_unavailable') return false;
      if (isWithin(outageMs, checkedAt, now)) return true;
      await endDirectorySessions(deps, id, no);
      return false;
    },
  };
}
