// Creates an application with an access ID of its own. What is not said about it, the settings say.
import type { Application, NewApplication } from '@countersign/contract/models.ts';
import { defaultRequirements } from '@countersign/contract/requirements.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId, uuid4 } from '#platform/id.ts';
import { requireRelyingParty } from '#platform/relying-party.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import { type ApplicationRow, toApplication } from './application.ts';
import { requireAcknowledged, risksOfApplication } from './application-risks.ts';
import { devicesOf } from './devices-of-users.ts';
import { insertApplication } from './application-store.ts';

/**
 * @param visible id of the application that the caller is limited to; such a caller may not create others.
 * @throws Problem forbidden, name_taken, passkeys_unsupported, risk_not_acknowledged.
 */
export async function createApplication(
  deps: AuditDeps & SettingsDeps & { readonly db: Db; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  input: NewApplication,
): Promise<Application> {
  requireInstallationWide(visible);
  if (input.user_verification === 'required') requireRelyingParty(deps.publicUrl);
  const defaults = await deps.settings.values();
  const now = deps.clock.now();
  const { device_mode, device_limit } = devicesOf(input, defaults.device_limit);
  // Also where the setting of the limit makes it so: whoever raised that has not read what it means for this one.
  const risks = risksOfApplication({ ...input, device_mode }, defaultRequirements);
  requireAcknowledged(risks, input.acknowledged);
  const row: ApplicationRow = {
    id: newId(deps, 'app'),
    access_id: uuid4(deps.random),
    name: input.name,
    name_key: nameKey(input.name),
    request_seconds: input.request_seconds ?? defaults.request_seconds,
    device_limit,
    second_factor: input.second_factor,
    user_verification: input.user_verification,
    unreachable_grace_seconds: input.unreachable_grace_seconds,
    device_mode,
    enrolment: input.enrolment,
    authorisation: input.authorisation,
    new_device_wait_seconds: input.new_device_wait_seconds,
    new_device_cool_down_seconds: input.new_device_cool_down_seconds,
    logo: null,
    background: null,
    enabled: input.enabled ? 1 : 0,
    created_at: now,
    updated_at: now,
  };
  await deps.db
    .write(async (tx) => {
      await insertApplication(tx, row);
      await recordAudit(tx, deps, {
        event: 'application.created',
        actor,
        applicationId: row.id,
        subjectId: row.id,
        data: {
          name: row.name,
          second_factor: row.second_factor,
          user_verification: row.user_verification,
          ...(risks.length > 0 && { acknowledged: risks }),
        },
      });
    })
    .catch(asNameTaken('name'));
  return toApplication(row);
}
