// The application to which a new row belongs: that it is there, and what it means when it went away meanwhile. Here, since features of one
// level of the core do not import one another.
import { Problem } from '#platform/problem.ts';
import type { Read } from './db.ts';
import { isStillReferred } from './unavailable.ts';

/** @throws Problem not_found */
export async function requireOwner(read: Read, applicationId: string): Promise<void> {
  const row = await read
    .selectFrom('applications')
    .select('id')
    .where('id', '=', applicationId)
    .executeTakeFirst();
  if (!row) throw new Problem('not_found');
}

/** For `.catch` on a write: Problem not_found when the application went away after it was looked up, else as it came. */
export function asOwnerGone(error: unknown): never {
  throw isStillReferred(error) ? new Problem('not_found') : error;
}
