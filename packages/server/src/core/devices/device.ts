// A device: the phone or browser that holds a user's keys.
import type { Device } from '@countersign/contract/models.ts';

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
  readonly application_id: string;
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
});
