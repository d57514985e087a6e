// Finds the application that a login or an administrator names; the row itself, since logins need every part of it.
import type { Read } from '#db/db.ts';
import type { ApplicationRow } from './application.ts';

export function findApplication(read: Read, id: string): Promise<ApplicationRow | undefined> {
  return read.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @param accessId a UUID; letter case does not count (RFC 9562 4). */
export function findApplicationByAccessId(read: Read, accessId: string): Promise<ApplicationRow | undefined> {
  return read
    .selectFrom('applications')
    .selectAll()
    .where('access_id', '=', accessId.toLowerCase())
    .executeTakeFirst();
}
