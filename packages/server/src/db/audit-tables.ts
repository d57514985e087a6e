// Tables of the audit trail.
import type { AuditEventName } from '@countersign/contract/audit-events.ts';

export interface AuditEventTable {
  chain: string;
  sequence: number;
  id: string;
  at: number;
  event: AuditEventName;
  actor_kind: string;
  actor_id: string | null;
  application_id: string | null;
  subject_id: string | null;
  data: string;
  hash: string;
}

/** The last link of each audit chain; locked by whoever appends. */
export interface AuditHeadTable {
  chain: string;
  sequence: number;
  hash: string;
  /** Proves that the server wrote the other three: nobody without the key can set a chain back. */
  mac: string;
}
