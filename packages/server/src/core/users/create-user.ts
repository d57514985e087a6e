// Creates a user of an application.
import type { NewUser, User } from '@countersign/contract/models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asOwnerGone, requireOwner } from '#db/owning-application.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { showUser } from './get-user.ts';
import type { Passwords } from './passwords.ts';
import { setTeams } from './team-store.ts';
import { newUserRow } from './user.ts';
import { insertUser } from './user-store.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found (the application), name_taken, password_too_weak; Unavailable when too many passwords wait.
 */
export async function createUser(
  deps: AuditDeps & { readonly db: Db; readonly passwords: Passwords },
  actor: Actor,
  visible: string | null,
  input: NewUser,
): Promise<User> {
  if (visible !== null && visible !== input.application_id) throw new Problem('not_found');
  const hash = input.password === undefined ? null : await deps.passwords.hash(input.password);
  const now = deps.clock.now();
  const row = newUserRow(
    { ...input, id: newId(deps, 'usr'), enabled: input.enabled ? 1 : 0, password_hash: hash },
    now,
  );
  return deps.db
    .write(async (tx) => {
      await requireOwner(tx, row.application_id);
      await insertUser(tx, row);
      if (input.teams.length > 0) await setTeams(tx, deps, row, input.teams);
      const about = { actor, applicationId: row.application_id, subjectId: row.id };
      await recordAudit(tx, deps, { event: 'user.created', ...about, data: { username: row.username } });
      if (hash !== null)
        await recordAudit(tx, deps, { event: 'user.password_set', ...about, data: { removed: false } });
      return showUser(tx, row);
    })
    .catch(asOwnerGone)
    .catch(asNameTaken('username'));
}
