// Lists devices, newest first, revoked ones among them.
import type { Device } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { type PageRequest, readCursor, toPage } from '#db/page.ts';
import { toDevice } from './device.ts';
import { listDeviceRows } from './device-store.ts';

/** @throws Problem invalid_request when the cursor is none of ours. */
export async function listDevices(
  { db }: { readonly db: Db },
  visible: string | null,
  query: PageRequest & { readonly user_id?: string | undefined },
): Promise<{ items: Device[]; next_cursor: string | null }> {
  const [before] = readCursor(query, 1) ?? [];
  const filter = { userId: query.user_id, before, limit: query.limit + 1 };
  const rows = await listDeviceRows(db.read, visible, filter);
  const { items, nextCursor } = toPage(rows, query, ({ id }) => [id]);
  return { items: items.map(toDevice), next_cursor: nextCursor };
}
