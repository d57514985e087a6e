// Lists the audit trail for people, newest first. Whether it is unbroken is another question (verify-audit.ts).
import { auditEvents, type AuditEventName } from '@countersign/contract/audit-events.ts';
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Selectable } from 'kysely';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, readCursor, toPage } from '#db/page.ts';
import type { AuditEventTable } from '#db/tables.ts';
import { Problem } from '#platform/problem.ts';

export interface AuditQuery extends PageRequest {
  readonly event?: string | undefined;
}

/**
 * @param visible id of the application whose events the caller may see; null for all.
 * @throws Problem invalid_request when the event is not in the catalogue or the cursor cannot be read.
 */
export async function listAuditEvents(
  deps: { readonly db: Db },
  visible: string | null,
  query: AuditQuery,
): Promise<Page<AuditEvent>> {
  const after = readCursor(query, 1);
  let rows = deps.db.read
    .selectFrom('audit_events')
    .selectAll()
    // Ids sort by the time they were made (UUIDv7).
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (visible !== null) rows = rows.where('application_id', '=', visible);
  if (query.event !== undefined) rows = rows.where('event', '=', readEvent(query.event));
  if (after) rows = rows.where('id', '<', after[0] ?? '');
  const page = toPage(await rows.execute(), query, (row) => [row.id]);
  return { items: page.items.map(toAuditEvent), nextCursor: page.nextCursor };
}

function readEvent(event: string): AuditEventName {
  if (Object.hasOwn(auditEvents, event)) return event as AuditEventName;
  throw new Problem('invalid_request', undefined, [
    { field: 'event', message: 'is not in the catalogue of audit events' },
  ]);
}

const toAuditEvent = ({ data, ...row }: Selectable<AuditEventTable>): AuditEvent => ({
  ...row,
  data: JSON.parse(data) as Record<string, unknown>,
});
