// What a sync does with one person of a directory: created, refreshed, disabled or enabled again, in the transaction that also counts it.
import type { SyncChange } from '@countersign/contract/user-source-models.ts';
import type { SyncSkip } from '@countersign/contract/user-source-words.ts';
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { keepForeignUser } from '#core/users/keep-foreign-user.ts';
import { updateUser } from '#core/users/user-store.ts';
import type { Tx } from '#db/db.ts';
import type { DirectoryUser } from './directory.ts';
import { findUserOf, markDisabled } from './source-users-store.ts';
import type { Kept } from './sync.ts';
import { originOf, type UserSourceRow } from './user-source.ts';

export interface KeptPerson {
  readonly kept: Kept;
  /** Who that is here; undefined for nobody. */
  readonly userId: string | undefined;
}

export async function keepDirectoryUser(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: UserSourceRow,
  person: DirectoryUser,
): Promise<KeptPerson> {
  const known = await findUserOf(tx, source, person);
  if (!person.enabled && !known)
    return { kept: skipped(toDisplayable(person.username, 255), 'disabled_there'), userId: undefined };
  if (!person.enabled && known) {
    if (known.enabled !== 1) return { kept: 'unchanged', userId: known.id };
    return { kept: await disableUser(tx, deps, actor, source, known), userId: known.id };
  }
  if (person.too_many_groups)
    return { kept: skipped(toDisplayable(person.username, 255), 'too_many_groups'), userId: known?.id };
  const isBack = known !== undefined && known.enabled === 0 && known.disabled_by_sync === 1;
  if (isBack) await setEnabled(tx, deps, actor, source, { id: known.id, enabled: 1 });
  const origin = originOf(source);
  const kept = await keepForeignUser(tx, deps, actor, {
    applicationId: source.application_id,
    source: source.name,
    user: person,
    from: origin,
  });
  const username = toDisplayable(person.username, 255);
  switch (kept.kind) {
    case 'created':
      return { kept: change('created', username, kept.userId), userId: kept.userId };
    case 'refreshed': {
      const { userId, changed } = kept;
      if (isBack) return { kept: change('enabled', username, userId, changed), userId };
      if (changed.length === 0) return { kept: 'unchanged', userId };
      return { kept: change('changed', username, userId, changed), userId };
    }
    case 'disabled':
      return { kept: skipped(username, 'disabled_here', kept.heldBy), userId: known?.id };
    case 'name_of_another':
      // Somebody took the name meanwhile: who was disabled stays so.
      if (isBack) await setEnabled(tx, deps, actor, source, { id: known.id, enabled: 0 });
      return {
        kept: skipped(username, skipOfName(username), kept.heldBy),
        userId: known?.id,
      };
  }
}

/** Of one whose name is somebody else's, or none at all. */
export const skipOfName = (username: string): 'no_name' | 'name_of_another' =>
  nameKey(toDisplayable(username, 255)) === '' ? 'no_name' : 'name_of_another';

/** Gone from the directory, or disabled there; a later sync that finds the person again enables the user again. */
export async function disableUser(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: UserSourceRow,
  user: { readonly id: string; readonly username: string },
): Promise<SyncChange> {
  await cancelRequests(tx, deps, actor, { column: 'user_id', id: user.id });
  await setEnabled(tx, deps, actor, source, { id: user.id, enabled: 0 });
  return change('disabled', user.username, user.id);
}

async function setEnabled(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: UserSourceRow,
  { id, enabled }: { readonly id: string; readonly enabled: 0 | 1 },
): Promise<void> {
  await updateUser(tx, id, { enabled, updated_at: deps.clock.now() });
  await markDisabled(tx, id, enabled === 1 ? 0 : 1);
  await recordAudit(tx, deps, {
    event: 'user.changed',
    actor,
    applicationId: source.application_id,
    subjectId: id,
    data: { changed: ['enabled'], enabled: enabled === 1, source: source.name },
  });
}

const change = (
  kind: SyncChange['kind'],
  username: string,
  userId: string,
  fields: readonly string[] = [],
): SyncChange => ({ kind, username, user_id: userId, fields: [...fields], skip: null });

const skipped = (username: string, skip: SyncSkip, heldBy?: string): SyncChange => ({
  kind: 'skipped',
  username,
  user_id: heldBy ?? null,
  fields: [],
  skip,
});
