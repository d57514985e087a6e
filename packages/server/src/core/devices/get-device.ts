// Shows one device.
import type { Device } from '@countersign/contract/models.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { toDevice } from './device.ts';
import { findDevice } from './device-store.ts';

/** @throws Problem not_found */
export async function getDevice(
  { db }: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<Device> {
  const row = await findDevice(db.read, visible, id);
  if (!row) throw new Problem('not_found');
  return toDevice(row);
}
