// Who calls with a session cookie, while the directory still lets them in, where they are of it.
import type { ConfirmDeps } from '#core/administrator-directory/confirm-member.ts';
import { createRechecks, isDue } from '#core/administrator-directory/recheck-member.ts';
import { requireAdministrator } from '#core/administrators/administrator-store.ts';
import { findSignedIn, type SignedIn } from '#core/administrators/find-session.ts';
import type { SettingsDeps } from '#platform/settings.ts';

/** @param isAttended false for what a page asks by itself: it keeps no session from idling */
export type FindAdmitted = (token: string, isAttended: boolean) => Promise<SignedIn | undefined>;

/** One for each process: what the directory said a moment ago is not asked again. */
export function createFindAdmitted(deps: ConfirmDeps & SettingsDeps): FindAdmitted {
  const rechecks = createRechecks(deps);
  return async (token, isAttended) => {
    const found = await findSignedIn(deps, token, isAttended);
    if (!found || found.directoryCheckedAt === null) return found;
    const now = deps.clock.now();
    if (!isDue(found.directoryCheckedAt, now)) return found;
    const facts = await requireAdministrator(deps.db.read, found.administratorId, now).catch(() => undefined);
    if (!facts || !(await rechecks.mayGoOn(facts))) return undefined;
    // The role may be another one now.
    return findSignedIn(deps, token, false);
  };
}
