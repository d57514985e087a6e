// The tables of onboarding by requirements.
import type { OnboardingEnding } from '@countersign/contract/onboarding-steps.ts';
import type { ProcessStatus, WaitsFor } from '@countersign/contract/requirement-kinds.ts';
import type { Flag } from './flag.ts';

/** What an application requires; no row: as every new application does. */
export interface ApplicationRequirementsTable {
  application_id: string;
  /** Goes up with every change. */
  revision: number;
  /** JSON array of `{ kind, settings }`. */
  requirements: string;
  updated_at: number;
}

export interface OnboardingProcessTable {
  id: string;
  application_id: string;
  /** RFC 7638 thumbprint of the new device's signing key: who has the key, has the process. */
  key_thumbprint: string;
  status: ProcessStatus;
  ending: OnboardingEnding | null;
  /** What the administrator who refused wrote. */
  refusal: string | null;
  /** Of the requirements it was begun under. */
  requirements_revision: number;
  /** JSON array of kinds, as the requirements had them, and what was added since the user has a device. */
  kinds: string;
  /** Of the kind that is to be met next; as many as there are when all are. */
  position: number;
  /** How often something was given at this position. */
  tries: number;
  /** What the kind at this position keeps, JSON; null before anything was given. */
  state: string | null;
  /** Null when it has ended. */
  waits_for: WaitsFor | null;
  user_id: string | null;
  username: string;
  /** Whether an administrator or an older device of the user stood up for it. */
  vouched: Flag;
  device_name: string;
  platform: string;
  app_version: string;
  address: string;
  device_id: string | null;
  ready_at: number | null;
  created_at: number;
  updated_at: number;
  expires_at: number;
  ended_at: number | null;
  /** What happened, oldest first: one JSON array `[at, group, code, details]` a line. */
  steps: string;
}

export interface OnboardingLinkTable {
  id: string;
  user_id: string;
  ticket_hash: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  device_id: string | null;
}
