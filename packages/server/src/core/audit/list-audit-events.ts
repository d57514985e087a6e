// Lists the audit trail for people, newest first. Whether it is unbroken is another question (verify-audit.ts).
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, readCursor } from '#db/page.ts';
import { lookThrough, windowPage } from '#db/window.ts';
import type { Clock } from '#platform/clock.ts';
import { type AuditFilter, lookAtAudit, positionOf, readSearch, toAuditEvent } from './audit-list-store.ts';

export interface AuditQuery extends PageRequest, AuditFilter {}

/**
 * @param visible id of the application whose events the caller may see; null for all.
 * @throws Problem invalid_request when the event is not in the catalogue or the cursor cannot be read.
 */
export async function listAuditEvents(
  deps: { readonly db: Db; readonly clock: Clock },
  visible: string | null,
  query: AuditQuery,
): Promise<Page<AuditEvent>> {
  const search = await readSearch(deps.db.read, query, visible);
  const window = await lookThrough(deps.clock, query.limit + 1, readCursor(query, 1), (after, wanted) =>
    lookAtAudit(deps.db, search, 'desc', after, wanted),
  );
  const page = windowPage(window, query, positionOf);
  return { ...page, items: page.items.map(toAuditEvent) };
}
