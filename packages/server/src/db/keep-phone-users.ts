// Users whose phones sign administrators in stay: without such a user a password alone would lead to where another second factor is
// added, and whoever may delete users would have taken a factor from an administrator. Users, and applications with all their users,
// are deleted in rooms of one level: here both can ask.
import { Problem } from '#platform/problem.ts';
import type { Tx } from './db.ts';

/** @param column of users, by which they are about to go. @throws Problem in_use */
export async function keepPhoneUsers(tx: Tx, column: 'id' | 'application_id', id: string): Promise<void> {
  const row = await tx
    .selectFrom('administrators as a')
    .innerJoin('users as u', 'u.id', 'a.phone_user_id')
    .select('a.username')
    .where(`u.${column}`, '=', id)
    .limit(1)
    .executeTakeFirst();
  if (row) throw new Problem('in_use', `an administrator signs in with the phone of ${subjects[column]}`);
}

const subjects = { id: 'the user', application_id: 'a user of the application' } as const;
