// Walks every audit chain from its beginning and finds the first event that was changed, cut out, added or swapped.
import type { Db } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { hashEvent } from './record-audit.ts';

export type AuditVerdict =
  | { readonly kind: 'intact'; readonly chains: number; readonly events: number }
  | { readonly kind: 'broken'; readonly chain: string; readonly sequence: number; readonly cause: string };

const pageSize = 1000;

export async function verifyAudit(deps: { db: Db; vault: Vault }): Promise<AuditVerdict> {
  const heads = await deps.db.read.selectFrom('audit_heads').selectAll().orderBy('chain').execute();
  const orphan = await findOrphan(
    deps.db,
    heads.map(({ chain }) => chain),
  );
  if (orphan) return { kind: 'broken', ...orphan, cause: 'its chain has no end; the end was removed' };
  let events = 0;
  for (const head of heads) {
    const verdict = await verifyChain(deps, head);
    if (verdict.kind === 'broken') return verdict;
    events += verdict.events;
  }
  return { kind: 'intact', chains: heads.length, events };
}

async function verifyChain(
  { db, vault }: { db: Db; vault: Vault },
  head: { chain: string; sequence: number; hash: string },
): Promise<AuditVerdict> {
  const { chain } = head;
  let sequence = 0;
  let hash = '';
  for (;;) {
    const page = await db.read
      .selectFrom('audit_events')
      .selectAll()
      .where('chain', '=', chain)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(pageSize)
      .execute();
    for (const event of page) {
      if (event.sequence > head.sequence) break;
      if (event.sequence !== sequence + 1)
        return { kind: 'broken', chain, sequence: sequence + 1, cause: 'this event is missing' };
      if (hashEvent(vault, hash, event) !== event.hash) {
        return {
          kind: 'broken',
          chain,
          sequence: event.sequence,
          cause: 'this event was changed, or the one before it was',
        };
      }
      ({ sequence, hash } = event);
    }
    if (page.length < pageSize) break;
  }
  if (sequence !== head.sequence || hash !== head.hash) {
    return { kind: 'broken', chain, sequence: sequence + 1, cause: 'events at the end are missing' };
  }
  return { kind: 'intact', chains: 1, events: sequence };
}

async function findOrphan(
  db: Db,
  chains: readonly string[],
): Promise<{ chain: string; sequence: number } | undefined> {
  let query = db.read.selectFrom('audit_events').select(['chain', 'sequence']).limit(1);
  if (chains.length > 0) query = query.where('chain', 'not in', chains);
  return query.executeTakeFirst();
}
