// Appends to the audit trail, in the transaction of the change it tells of: neither exists without the other.
// Each event's hash covers the one before it, under a key outside the database, so that nothing can be changed or cut out unseen.
import type { AuditEventName } from '@countersign/contract/audit-events.ts';
import type { Db, Tx } from '#db/db.ts';
import { insertRows } from '#db/insert-rows.ts';
import type { AuditEventTable } from '#db/audit-tables.ts';
import { type IdSource, newOrderedId } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import { takeHead, writeHead } from './audit-head.ts';

/** Who did it. `system` is the server itself, `console` somebody with a shell on the machine. */
export type Actor =
  | { readonly kind: 'system' | 'console' }
  | {
      readonly kind:
        | 'api_client'
        | 'administrator'
        | 'device'
        | 'radius_client'
        | 'setup_link'
        | 'scim_token'
        | 'onboarding_process'
        | 'scep_profile';
      readonly id: string;
    };

export interface AuditEntry {
  readonly event: AuditEventName;
  readonly actor: Actor;
  readonly applicationId?: string | null;
  /** Id of what was changed or decided. */
  readonly subjectId?: string | null;
  /** Details; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface AuditDeps extends IdSource {
  readonly vault: Vault;
  /** Name of this node's chain. */
  readonly auditChain: string;
}

export async function recordAudit(tx: Tx, deps: AuditDeps, entry: AuditEntry): Promise<void> {
  const head = await takeHead(tx, deps.vault, deps.auditChain);
  const event = chainEvent(
    deps,
    {
      chain: deps.auditChain,
      sequence: head.sequence + 1,
      previousHash: head.hash,
      at: deps.clock.now(),
    },
    entry,
  );
  await tx.insertInto('audit_events').values(event).execute();
  const { chain, sequence, hash } = event;
  await writeHead(tx, deps.vault, head, { chain, sequence, hash });
}

/** Appends many events at once, in this order. */
export async function recordAudits(
  tx: Tx,
  dialect: Db['dialect'],
  deps: AuditDeps,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const head = await takeHead(tx, deps.vault, deps.auditChain);
  const { chain } = head;
  let { sequence, hash } = head;
  const at = deps.clock.now();
  const events: AuditEventTable[] = [];
  for (const entry of entries) {
    sequence += 1;
    const event = chainEvent(deps, { chain, sequence, previousHash: hash, at }, entry);
    hash = event.hash;
    events.push(event);
  }
  await insertRows(tx, dialect, 'audit_events', events);
  await writeHead(tx, deps.vault, head, { chain, sequence, hash });
}

/** Where an event stands in its chain. */
export interface Link {
  readonly chain: string;
  readonly sequence: number;
  readonly previousHash: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The row of an event, linked to the one before it. */
export function chainEvent(
  deps: AuditDeps,
  { chain, sequence, previousHash, at }: Link,
  entry: AuditEntry,
): AuditEventTable {
  const event: AuditEventTable = {
    chain,
    sequence,
    // In its order also among those of the same millisecond: the trail is listed by id.
    id: newOrderedId(deps, 'evt', sequence),
    at,
    event: entry.event,
    actor_kind: entry.actor.kind,
    actor_id: 'id' in entry.actor ? entry.actor.id : null,
    application_id: entry.applicationId ?? null,
    subject_id: entry.subjectId ?? null,
    data: JSON.stringify(entry.data ?? {}),
    hash: '',
  };
  event.hash = hashEvent(deps.vault, previousHash, event);
  return event;
}

export interface HashedEvent {
  readonly chain: string;
  readonly sequence: number;
  readonly id: string;
  readonly at: number;
  readonly event: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly application_id: string | null;
  readonly subject_id: string | null;
  readonly data: string;
}

/** The link of an event to the one before it. A JSON array, so that no two events can have the same text. */
export function hashEvent(vault: Vault, previousHash: string, event: HashedEvent): string {
  const {
    chain,
    sequence,
    id,
    at,
    event: name,
    actor_kind,
    actor_id,
    application_id,
    subject_id,
    data,
  } = event;
  const text = JSON.stringify([
    previousHash,
    chain,
    sequence,
    id,
    at,
    name,
    actor_kind,
    actor_id,
    application_id,
    subject_id,
    data,
  ]);
  return vault.mac('audit', text).toString('base64url');
}
