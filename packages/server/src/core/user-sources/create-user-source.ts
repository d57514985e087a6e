// Creates a user source of an application; it is asked after those that there are.
import {
  maxUserSources,
  type NewUserSource,
  type UserSource,
} from '@countersign/contract/user-source-models.ts';
import { holdApplication } from '#core/applications/hold-application.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { nextSyncAt } from './sync-schedule.ts';
import { refuseUnusable } from './usable-fields.ts';
import {
  bindPasswordPurpose,
  givenSecret,
  newFields,
  secretOf,
  settingsText,
  type UserSourceRow,
} from './user-source.ts';
import { insertUserSource, selectUserSources, showUserSource } from './user-source-store.ts';

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found (the application), invalid_request
 */
export async function createUserSource(
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  applicationId: string,
  input: NewUserSource,
): Promise<UserSource> {
  const fields = newFields(input);
  refuseUnusable(fields);
  const secret = givenSecret(fields.kind, input);
  if (secret === undefined)
    throw new Problem('invalid_request', undefined, [
      { field: secretOf(fields.kind).field, message: 'must not be empty' },
    ]);
  const now = deps.clock.now();
  const id = newId(deps, 'src');
  const row: UserSourceRow = {
    id,
    application_id: applicationId,
    position: 0,
    kind: fields.kind,
    name: fields.name,
    settings: settingsText(fields),
    bind_password: deps.vault.seal(bindPasswordPurpose, id, Buffer.from(secret)),
    revision: 1,
    sync_hours: fields.sync_hours,
    next_sync_at: nextSyncAt(fields, now),
    enabled: fields.enabled ? 1 : 0,
    created_at: now,
    updated_at: now,
  };
  return deps.db.write(async (tx) => {
    await holdApplication(tx, visible, applicationId);
    const others = await selectUserSources(tx, applicationId);
    if (others.length >= maxUserSources)
      throw new Problem('invalid_request', `an application has at most ${maxUserSources} user sources`);
    const placed = { ...row, position: (others.at(-1)?.position ?? 0) + 1 };
    await insertUserSource(tx, placed);
    await recordAudit(tx, deps, {
      event: 'user_source.created',
      actor,
      applicationId,
      subjectId: id,
      data: { name: row.name, kind: row.kind, hosts: fields.hosts, transport: fields.transport },
    });
    return showUserSource(tx, placed);
  });
}
