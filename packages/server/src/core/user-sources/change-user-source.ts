// Changes a user source, or gives it a new bind password or shared secret. Whoever changes where that is used must know it. What its
// credential cache holds is forgotten with every change, and administrators who came in by it are looked for anew.
import type { UserSource, UserSourceChanges } from '@countersign/contract/user-source-models.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { distrustAdministratorsBy } from '#db/administrator-source.ts';
import { keepPoliciesHere } from '#core/users/team-policies.ts';
import { Problem } from '#platform/problem.ts';
import { forgetCredentialsOf } from './credential-store.ts';
import { forgetRecordsOf } from './device-records/record-store.ts';
import { nextSyncAt } from './sync-schedule.ts';
import { refuseUnusable } from './usable-fields.ts';
import {
  bindPasswordPurpose,
  fieldsOf,
  givenSecret,
  secretOf,
  settingsText,
  type SourceFields,
  suffixesOf,
  teamsSpokenOf,
} from './user-source.ts';
import { refuseAdministratorsSource } from './refuse-administrators-source.ts';
import type { ShowDeps } from './list-user-sources.ts';
import { requireUserSource, showUserSource, updateUserSource } from './user-source-store.ts';

/** With another one of these, records of devices are to be written there. */
const placesOfRecords: ReadonlySet<string> = new Set([
  'device_attribute',
  'name',
  'hosts',
  'base_dn',
  'attribute_guid',
]);

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, invalid_request,
 *   forbidden (administrators sign in by it)
 */
export async function changeUserSource(
  deps: AuditDeps & ShowDeps,
  actor: Actor,
  visible: string | null,
  id: string,
  changes: UserSourceChanges,
): Promise<UserSource> {
  return deps.db.write(async (tx) => {
    const row = await requireUserSource(tx, visible, id);
    await refuseAdministratorsSource(tx, actor, id);
    const before = fieldsOf(row);
    const secret = givenSecret(row.kind, changes);
    const given = wantedOf(changes);
    const changed: string[] = changedFields(before, given);
    if (secret === undefined) refuseWithoutSecret(row.kind, changed);
    else changed.push(secretOf(row.kind).field);
    if (changed.length === 0) return showUserSource(tx, row, deps.silences);
    const after = { ...before, ...given };
    refuseUnusable(after);
    const now = deps.clock.now();
    const isOtherRhythm = changed.includes('sync_hours') || changed.includes('enabled');
    const written = await updateUserSource(tx, row, {
      name: after.name,
      settings: settingsText(after),
      sync_hours: after.sync_hours,
      enabled: after.enabled ? 1 : 0,
      updated_at: now,
      ...(isOtherRhythm && { next_sync_at: nextSyncAt(after, now) }),
      ...(secret !== undefined && {
        bind_password: deps.vault.seal(bindPasswordPurpose, id, Buffer.from(secret)),
      }),
    });
    // Only a race comes here; whoever was first is not overwritten.
    if (!written) throw new Problem('changed_meanwhile');
    await forgetCredentialsOf(tx, id);
    await distrustAdministratorsBy(tx, id);
    const source = { id, applicationId: row.application_id };
    await keepPoliciesHere(tx, deps, actor, source, teamsSpokenOf(after));
    if (changed.some((field) => placesOfRecords.has(field))) await forgetRecordsOf(tx, id);
    const data = changeOf(changed, before, after);
    const about = { actor, applicationId: row.application_id, subjectId: id };
    await recordAudit(tx, deps, { event: 'user_source.changed', ...about, data });
    return showUserSource(tx, written, deps.silences);
  });
}

function wantedOf({
  bind_password: _password,
  shared_secret: _secret,
  upn_suffix,
  upn_suffixes,
  ...changes
}: UserSourceChanges): Partial<SourceFields> {
  const suffixes = suffixesOf({ upn_suffix, upn_suffixes });
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(suffixes && { upn_suffixes: suffixes }) };
}

/** @throws Problem invalid_request */
function refuseWithoutSecret(kind: UserSource['kind'], changed: readonly string[]): void {
  const { field: secret, goes } = secretOf(kind);
  const elsewhere = goes.filter((field) => changed.includes(field));
  if (elsewhere.length === 0) return;
  throw new Problem('invalid_request', undefined, [
    {
      field: secret,
      message: `is needed again, since this changes where it is sent: ${elsewhere.join(', ')}`,
    },
  ]);
}
