// “Look a user up”: what a directory says of a person, without a password, and who that is here.
import type { FoundUser, UserLookUpResult } from '@countersign/contract/user-source-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { meetForeignUser } from '#core/users/keep-foreign-user.ts';
import type { Read } from '#db/db.ts';
import type { DirectoryAnswer, DirectoryUser } from './directory.ts';
import { skipOfName } from './keep-directory-user.ts';
import { findUserOf, type SourceUser } from './source-users-store.ts';
import { directorySettings, originOf, type UserSourceRow } from './user-source.ts';
import { requireUserSource } from './user-source-store.ts';
import type { AskDeps } from './verify-with-sources.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, source_only_checks */
export async function lookUpUser(
  deps: AskDeps & AuditDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  { username, signal }: { readonly username: string; readonly signal: AbortSignal },
): Promise<UserLookUpResult> {
  const row = await requireUserSource(deps.db.read, visible, id);
  const answer = await deps.directory.lookUp(directorySettings(row, deps.vault), username, signal);
  const result = await toResult(deps.db.read, row, answer);
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'user_source.looked_up',
      actor,
      applicationId: row.application_id,
      subjectId: id,
      data: { name: row.name, username, result: answer.kind },
    }),
  );
  return result;
}

async function toResult(read: Read, row: UserSourceRow, answer: DirectoryAnswer): Promise<UserLookUpResult> {
  const person = 'user' in answer ? answer.user : null;
  const known = person ? await findUserOf(read, row, person) : undefined;
  return {
    result: answer.kind,
    user: person && shown(person),
    reason: answer.kind === 'refused' ? answer.reason : null,
    detail: detailOf(answer),
    user_id: known?.id ?? null,
    ...(await skippedBy(read, row, person, known)),
  };
}

/** What a sync would say of the person, if it would not take the person over. */
async function skippedBy(
  read: Read,
  row: UserSourceRow,
  person: DirectoryUser | null,
  known: SourceUser | undefined,
): Promise<Pick<UserLookUpResult, 'skip' | 'held_by'>> {
  const none = { skip: null, held_by: null };
  if (!person) return none;
  if (!person.enabled) return known ? none : { ...none, skip: 'disabled_there' };
  const from = originOf(row);
  const met = await meetForeignUser(read, { applicationId: row.application_id, user: person, from });
  if (met.kind === 'nobody' || met.kind === 'known') return none;
  const { kind, heldBy = null } = met;
  if (kind === 'name_of_another') return { skip: skipOfName(person.username), held_by: heldBy };
  // A sync enables again whom a sync disabled.
  return known?.disabled_by_sync === 1 ? none : { skip: 'disabled_here', held_by: heldBy };
}

/** Records of devices, and what else somebody could type, are for the server alone. */
function shown({ records: _records, login_names: _names, ...person }: DirectoryUser): FoundUser {
  return { ...person, teams: [...person.teams] };
}

function detailOf(answer: DirectoryAnswer): string {
  if (answer.kind === 'not_found') return answer.tried;
  return answer.kind === 'unavailable' ? answer.detail : '';
}
