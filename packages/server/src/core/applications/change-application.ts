// Changes an application. Disabling it or closing its logins also cancels those that still wait: it lets nobody in from then on.
import type { Application, ApplicationChanges } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { Problem } from '#platform/problem.ts';
import { requireRelyingParty } from '#platform/relying-party.ts';
import { type ApplicationRow, toApplication } from './application.ts';
import { findRequirements, newRisks, requireAcknowledged } from './application-risks.ts';
import { changedDevices, requireOpenForRules } from './devices-of-users.ts';
import { holdApplication } from './hold-application.ts';
import { updateApplication } from './application-store.ts';
import { requireApplication } from './get-application.ts';

/**
 * Fields that are absent stay untouched; a change that changes nothing writes nothing.
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, name_taken, passkeys_unsupported, risk_not_acknowledged, enrolment_rules_closed,
 *   invalid_request (more devices than their mode allows).
 */
export function changeApplication(
  deps: AuditDeps & { readonly db: Db; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  id: string,
  { acknowledged, ...given }: ApplicationChanges,
): Promise<Application> {
  return deps.db
    .write(async (tx) => {
      // Two changes that are harmless each must not bring a risk together.
      await holdApplication(tx, visible, id);
      const before = await requireApplication(tx, visible, id);
      const devices = changedDevices(before, given);
      const changes = { ...given, ...devices };
      const changed = changedFields(toApplication(before), changes);
      if (changed.length === 0) return toApplication(before);
      requireOpenForRules(before, { enrolment: given.enrolment ?? before.enrolment }, changed);
      const after = { ...devices, second_factor: given.second_factor ?? before.second_factor };
      const risks = newRisks(before, after, await findRequirements(tx, id));
      requireAcknowledged(risks, acknowledged);
      if (changed.includes('user_verification') && changes.user_verification === 'required')
        requireRelyingParty(deps.publicUrl);
      if (changes.enabled === false) await cancelRequests(tx, deps, actor, { column: 'application_id', id });
      else if (changes.authorisation === 'closed')
        await cancelRequests(tx, deps, actor, { column: 'application_id', id, but: 'onboarding' });
      const now = deps.clock.now();
      const row = await updateApplication(tx, id, { ...toColumns(changes), updated_at: now });
      if (!row) throw new Problem('not_found');
      await recordAudit(tx, deps, {
        event: 'application.changed',
        actor,
        applicationId: id,
        subjectId: id,
        data: { ...changeOf(changed, before, changes), ...(risks.length > 0 && { acknowledged: risks }) },
      });
      return toApplication(row);
    })
    .catch(asNameTaken('name'));
}

const toColumns = (changes: ApplicationChanges): Partial<ApplicationRow> => ({
  ...(changes.name !== undefined && { name: changes.name, name_key: nameKey(changes.name) }),
  ...(changes.request_seconds !== undefined && { request_seconds: changes.request_seconds }),
  ...(changes.device_limit !== undefined && { device_limit: changes.device_limit }),
  ...(changes.second_factor !== undefined && { second_factor: changes.second_factor }),
  ...(changes.user_verification !== undefined && { user_verification: changes.user_verification }),
  ...(changes.unreachable_grace_seconds !== undefined && {
    unreachable_grace_seconds: changes.unreachable_grace_seconds,
  }),
  ...(changes.device_mode !== undefined && { device_mode: changes.device_mode }),
  ...(changes.enrolment !== undefined && { enrolment: changes.enrolment }),
  ...(changes.authorisation !== undefined && { authorisation: changes.authorisation }),
  ...(changes.new_device_wait_seconds !== undefined && {
    new_device_wait_seconds: changes.new_device_wait_seconds,
  }),
  ...(changes.new_device_cool_down_seconds !== undefined && {
    new_device_cool_down_seconds: changes.new_device_cool_down_seconds,
  }),
  ...(changes.enabled !== undefined && { enabled: changes.enabled ? (1 as const) : (0 as const) }),
});
