// “Look a user up”: what a directory says of a person, without a password, and who that is here.
import type { FoundUser, UserLookUpResult } from '@countersign/contract/user-source-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Read } from '#db/db.ts';
import type { DirectoryAnswer, DirectoryUser } from './directory.ts';
import { findUserOf } from './source-users-store.ts';
import { directorySettings, type UserSourceRow } from './user-source.ts';
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
  };
}

/** Records of devices, and what else somebody could type, are for the server alone. */
function shown({ records: _records, login_names: _names, ...person }: DirectoryUser): FoundUser {
  return { ...person, teams: [...person.teams] };
}

function detailOf(answer: DirectoryAnswer): string {
  if (answer.kind === 'not_found') return answer.tried;
  return answer.kind === 'unavailable' ? answer.detail : '';
}
