// Holds an application while something of it is ordered or added, on either database: a row that is written waits for whoever wrote it.
import type { Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

/**
 * Nobody else holds the application until the transaction ends.
 * @param visible id of the only application that the caller may see; null for all. @throws Problem not_found
 */
export async function holdApplication(tx: Tx, visible: string | null, id: string): Promise<void> {
  if (visible !== null && visible !== id) throw new Problem('not_found');
  const { numUpdatedRows } = await tx
    .updateTable('applications')
    .set((e) => ({ updated_at: e.ref('updated_at') }))
    .where('id', '=', id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Problem('not_found');
}
