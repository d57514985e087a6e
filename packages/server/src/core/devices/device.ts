// A device: the phone or browser that holds a user's keys.
import type { Device } from '@countersign/contract/models.ts';
import { type PushFailure, pushFailures } from '@countersign/contract/push-failures.ts';

export interface DeviceRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly platform: string;
  readonly app_version: string;
  readonly key_thumbprint: string;
  readonly certificate_serial: string;
  readonly certificate_expires_at: number;
  readonly created_at: number;
  readonly last_seen_at: number | null;
  readonly revoked_at: number | null;
  readonly approves_from: number | null;
  readonly application_id: string;
  /** Null when it has no push subscription. */
  readonly push_service: string | null;
  readonly push_created_at: number | null;
  readonly push_proved_at: number | null;
  readonly push_failure: PushFailure | null;
  readonly push_failed_at: number | null;
  /** Null when it cannot verify its user. */
  readonly verification_set_up_at: number | null;
  readonly verification_last_used_at: number | null;
}

/** As the API shows it. */
export const toDevice = (row: DeviceRow): Device => ({
  id: row.id,
  user_id: row.user_id,
  name: row.name,
  platform: row.platform,
  app_version: row.app_version,
  key_thumbprint: row.key_thumbprint,
  certificate_serial: row.certificate_serial,
  certificate_expires_at: row.certificate_expires_at,
  created_at: row.created_at,
  last_seen_at: row.last_seen_at,
  revoked_at: row.revoked_at,
  approves_from: row.approves_from,
  push:
    row.push_service === null
      ? null
      : {
          state: row.push_proved_at === null ? 'unproved' : 'active',
          service: row.push_service,
          created_at: row.push_created_at ?? 0,
          failed_at: row.push_failed_at,
          failure: row.push_failure && pushFailures[row.push_failure],
        },
  user_verification:
    row.verification_set_up_at === null
      ? null
      : { set_up_at: row.verification_set_up_at, last_used_at: row.verification_last_used_at },
});
