// Changes a user. Disabling one also cancels the logins that still wait: a disabled user is not let in.
import type { User, UserChanges } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import { requireUser, showUser } from './get-user.ts';
import type { Passwords } from './passwords.ts';
import { setTeams } from './team-store.ts';
import type { UserRow } from './user.ts';
import { lockUser, updateUser } from './user-store.ts';

/**
 * Fields that are absent stay untouched, a null password removes it; a change that changes nothing writes nothing.
 * @param refuse throws when the change must not be made to the user as it is by then.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, name_taken, password_too_weak; Unavailable when too many passwords wait.
 */
export async function changeUser(
  deps: AuditDeps & { readonly db: Db; readonly passwords: Passwords },
  actor: Actor,
  visible: string | null,
  id: string,
  { password, ...changes }: UserChanges,
  refuse?: (before: User) => void,
): Promise<User> {
  // Asked first, so that nobody burns our time with passwords for users who do not exist.
  await requireUser(deps.db.read, visible, id);
  const hash = typeof password === 'string' ? await deps.passwords.hash(password) : password;
  return deps.db
    .write(async (tx) => {
      const before = await showUser(tx, await requireUser(tx, visible, id));
      refuse?.(before);
      const changed = changedFields(before, changes);
      const passwordChanged = hash !== undefined && (hash !== null || before.has_password);
      if (changed.length === 0 && !passwordChanged) return before;
      if (changes.enabled === false) await cancelRequests(tx, deps, actor, { column: 'user_id', id });
      if (refuse) refuse(await showLocked(tx, deps.db, visible, id));
      const now = deps.clock.now();
      const set = { ...toColumns(changes), ...(passwordChanged && { password_hash: hash }), updated_at: now };
      const row = await updateUser(tx, id, set);
      if (!row) throw new Problem('not_found');
      if (changes.teams) await setTeams(tx, deps, row, changes.teams);
      const about = { actor, applicationId: row.application_id, subjectId: id };
      if (changed.length > 0)
        await recordAudit(tx, deps, {
          event: 'user.changed',
          ...about,
          data: changeOf(changed, before, changes),
        });
      if (passwordChanged)
        await recordAudit(tx, deps, {
          event: 'user.password_set',
          ...about,
          data: { removed: hash === null },
        });
      return showUser(tx, row);
    })
    .catch(asNameTaken('username'));
}

/** As it is and stays until the transaction ends: what two saw at the same time only one of them changes. */
async function showLocked(tx: Tx, { dialect }: Db, visible: string | null, id: string): Promise<User> {
  await lockUser(tx, dialect, id);
  return showUser(tx, await requireUser(tx, visible, id));
}

const toColumns = (changes: Omit<UserChanges, 'password'>): Partial<UserRow> => ({
  ...(changes.username !== undefined && {
    username: changes.username,
    username_key: nameKey(changes.username),
  }),
  ...(changes.full_name !== undefined && { full_name: changes.full_name }),
  ...(changes.email !== undefined && { email: changes.email }),
  ...(changes.phone !== undefined && { phone: changes.phone }),
  ...(changes.external_guid !== undefined && { external_guid: changes.external_guid }),
  ...(changes.enabled !== undefined && { enabled: changes.enabled ? (1 as const) : (0 as const) }),
  ...(changes.device_limit !== undefined && { device_limit: changes.device_limit }),
});
