// Tables of auth requests: the login, its question on the phone, and the evidence of the answer.
import type { AuthRequestStatus } from '@countersign/contract/models.ts';
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';

export interface AuthRequestTable {
  id: string;
  application_id: string;
  user_id: string | null;
  /** As typed, made displayable. */
  username: string;
  status: AuthRequestStatus;
  reason: RefusalReasonCode | null;
  door: 'radius' | 'api' | 'console' | 'onboarding';
  /** Id of the RADIUS client, API client, administrator or onboarding process that brought it. */
  door_id: string;
  /** What makes two logins one for a human; null when nothing may join. */
  door_context: string | null;
  /** SHA-256 of the very packet that brought the login, so that a copy on another node is no second login; null where there are none. */
  packet_digest: string | null;
  /** SHA-256 of the RADIUS State with which the login goes on; null when none was given out. */
  state_hash: string | null;
  client_name: string;
  client_address: string | null;
  /** Attributes for the Access-Accept that the first factor's check brought, sealed; null when none. */
  reply_attributes: string | null;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
  /** Changes with every transition; what the change feed follows. */
  updated_at: number;
  /** What happened, oldest first: one JSON array `[at, code, details]` a line. */
  steps: string;
}

export interface ChallengeTable {
  id: string;
  auth_request_id: string;
  user_id: string;
  status: AuthRequestStatus;
  nonce: string;
  /** The exact text that is shown (ChallengeContent as JSON). */
  content: string;
  /** The number to type, sealed; null without number matching. */
  number: string | null;
  device_id: string | null;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
}

export interface EvidenceTable {
  challenge_id: string;
  auth_request_id: string;
  device_id: string;
  content: string;
  number: string | null;
  answer: string;
  certificate: string;
  /** JSON array of PEM texts. */
  chain: string;
  decided_at: number;
}
