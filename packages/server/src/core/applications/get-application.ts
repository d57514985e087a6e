// Shows one application, to whoever may see it.
import type { Application } from '@countersign/contract/models.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type ApplicationRow, toApplication } from './application.ts';
import { findApplication } from './find-application.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getApplication(
  deps: { readonly db: Db },
  visible: string | null,
  id: string,
): Promise<Application> {
  return toApplication(await requireApplication(deps.db.read, visible, id));
}

/** The row. @throws Problem not_found */
export async function requireApplication(
  read: Read,
  visible: string | null,
  id: string,
): Promise<ApplicationRow> {
  const row = visible === null || visible === id ? await findApplication(read, id) : undefined;
  if (!row) throw new Problem('not_found');
  return row;
}
