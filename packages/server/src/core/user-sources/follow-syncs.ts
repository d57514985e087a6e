// What can be seen of syncs, and stopping one.
import type { UserSourceSync, UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import type { Db } from '#db/db.ts';
import { type Page, type PageRequest, toPage } from '#db/page.ts';
import type { Clock } from '#platform/clock.ts';
import { requireSync, selectSyncs, stopSyncRow } from './sync-store.ts';
import { toSync, toSyncWithChanges } from './sync.ts';
import { requireUserSource } from './user-source-store.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, invalid_request */
export async function listSyncs(
  { db }: { readonly db: Db },
  visible: string | null,
  sourceId: string,
  query: PageRequest,
): Promise<Page<UserSourceSync>> {
  await requireUserSource(db.read, visible, sourceId);
  const page = toPage(await selectSyncs(db.read, sourceId, query), query, ({ id }) => [id]);
  return { items: page.items.map(toSync), nextCursor: page.nextCursor };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export const getSync = async (
  { db }: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<UserSourceSyncWithChanges> => toSyncWithChanges(await requireSync(db.read, visible, id));

/**
 * Whoever runs it, on whichever node, learns it at the next page, and writes the audit event then. One that has ended stays as it is.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found
 */
export async function stopSync(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  visible: string | null,
  id: string,
): Promise<UserSourceSyncWithChanges> {
  await requireSync(db.read, visible, id);
  await db.write((tx) => stopSyncRow(tx, id, clock.now()));
  return getSync({ db }, visible, id);
}
