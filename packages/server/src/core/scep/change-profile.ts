// Changes a SCEP profile, or switches it off.
import type { ScepProfile, ScepProfileChanges } from '@countersign/contract/scep-models.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { toScepProfile } from './scep.ts';
import { findProfile, updateProfile } from './scep-store.ts';

/** @param visible null; a caller who is limited to one application sees nothing here. @throws Problem not_found */
export async function changeScepProfile(
  deps: AuditDeps & { readonly db: Db; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  id: string,
  changes: ScepProfileChanges,
): Promise<ScepProfile> {
  return deps.db.write(async (tx) => {
    const row = visible === null ? await findProfile(tx, id) : undefined;
    if (!row) throw new Problem('not_found');
    const before = toScepProfile(row, deps.publicUrl);
    const changed = changedFields(before, changes);
    if (changed.length === 0) return before;
    const { enabled, accept_legacy, ...rest } = changes;
    const after = await updateProfile(tx, id, {
      ...rest,
      ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
      ...(accept_legacy !== undefined && { accept_legacy: accept_legacy ? 1 : 0 }),
    });
    if (!after) throw new Problem('not_found');
    const data = changeOf(changed, before, changes);
    const about = { actor, applicationId: null, subjectId: id };
    await recordAudit(tx, deps, { event: 'scep_profile.changed', ...about, data });
    return toScepProfile(after, deps.publicUrl);
  });
}
