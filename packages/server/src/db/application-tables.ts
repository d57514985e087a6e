// Tables of applications: what each asks of its users and devices, and how it looks to them.
import type { ImageKind, ImageType } from '@countersign/contract/images.ts';
import type { Flag } from './flag.ts';

export type SecondFactor = 'push' | 'by_team' | 'none';
export type UserVerification = 'off' | 'required';
export type DeviceMode = 'single' | 'override' | 'multiple';

export interface ApplicationTable {
  id: string;
  access_id: string;
  name: string;
  name_key: string;
  request_seconds: number;
  device_limit: number;
  second_factor: SecondFactor;
  user_verification: UserVerification;
  unreachable_grace_seconds: number;
  device_mode: DeviceMode;
  enrolment: 'open' | 'closed';
  authorisation: 'open' | 'closed';
  new_device_wait_seconds: number;
  new_device_cool_down_seconds: number;
  /** Digests of its images; null without. */
  logo: string | null;
  background: string | null;
  enabled: Flag;
  created_at: number;
  updated_at: number;
}

export interface ApplicationImageTable {
  application_id: string;
  kind: ImageKind;
  /** SHA-256 of the bytes, base64url; the application names it too. */
  digest: string;
  type: ImageType;
  /** The bytes, base64: text is the same in both databases and in backups. */
  content: string;
  created_at: number;
}
