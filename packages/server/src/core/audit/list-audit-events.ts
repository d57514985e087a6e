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
  const after = readPlace(query);
  let rows = deps.db.read
    .selectFrom('audit_events')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (visible !== null) rows = rows.where('application_id', '=', visible);
  if (query.event !== undefined) rows = rows.where('event', '=', readEvent(query.event));
  if (after) rows = rows.where((e) => e(e.refTuple('at', 'id'), '<', e.tuple(after.at, after.id)));
  const page = toPage(await rows.execute(), query, (row) => [String(row.at), row.id]);
  return { items: page.items.map(toAuditEvent), nextCursor: page.nextCursor };
}

function readPlace(query: AuditQuery): { at: number; id: string } | undefined {
  const values = readCursor(query, 2);
  if (!values) return undefined;
  const [at = '', id = ''] = values;
  if (!/^[0-9]{1,15}$/.test(at))
    throw new Problem('invalid_request', 'the cursor is not one that this list gave out', [
      { field: 'cursor', message: 'unknown' },
    ]);
  return { at: Number(at), id };
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
