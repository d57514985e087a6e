// The ends of the audit chains beside the events that they end with: a quick look, where verify-audit.ts walks every event.
import type { Read } from '#db/db.ts';

export interface AuditHead {
  readonly chain: string;
  readonly sequence: number;
  /** When the last event happened, epoch milliseconds; null when it is missing. */
  readonly lastAt: number | null;
  /** The last event is there and is the one that the head names. */
  readonly matches: boolean;
}

export async function readAuditHeads(read: Read): Promise<readonly AuditHead[]> {
  const rows = await read
    .selectFrom('audit_heads as h')
    .leftJoin('audit_events as e', (join) =>
      join.onRef('e.chain', '=', 'h.chain').onRef('e.sequence', '=', 'h.sequence'),
    )
    .select(['h.chain', 'h.sequence', 'h.hash', 'e.at', 'e.hash as event_hash'])
    .orderBy('h.chain')
    .execute();
  return rows.map(({ chain, sequence, hash, at, event_hash }) => ({
    chain,
    sequence,
    lastAt: at,
    matches: sequence === 0 ? hash === '' : hash === event_hash,
  }));
}
