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
export function toDevice({ application_id: _, ...row }: DeviceRow): Device {
  return row;
}
