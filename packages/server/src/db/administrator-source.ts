// The user source by which administrators come in stays, with its application: without it all of them would be out, and who may delete
// user sources is not who decides about administrators. And what it said counts no more when it is changed. Asked in rooms of several levels.
import { Problem } from '#platform/problem.ts';
import type { Tx } from './db.ts';

/** @param column of user sources, by which they are about to go. @throws Problem in_use */
export async function keepAdministratorSource(
  tx: Tx,
  column: 'id' | 'application_id',
  id: string,
): Promise<void> {
  const row = await tx
    .selectFrom('administrator_directory as d')
    .innerJoin('user_sources as s', 's.id', 'd.source_id')
    .select('s.id')
    .where(`s.${column}`, '=', id)
    .executeTakeFirst();
  if (row) throw new Problem('in_use', `administrators sign in to the console by ${subjects[column]}`);
}

const subjects = { id: 'the user source', application_id: 'a user source of the application' } as const;

/**
 * Who came in by this user source, if administrators do, is looked for anew before anything else; who is on the way in begins anew. By the
 * revision, too: what somebody was told a moment ago was told by the source as it was.
 */
export async function distrustAdministratorsBy(tx: Tx, sourceId: string): Promise<void> {
  const used = await tx
    .updateTable('administrator_directory')
    .set((e) => ({ revision: e('revision', '+', 1) }))
    .where('source_id', '=', sourceId)
    .returning('revision')
    .executeTakeFirst();
  if (used) await distrustDirectoryAdministrators(tx);
}

/** All of them are looked for anew before they do anything else. */
export async function distrustDirectoryAdministrators(tx: Tx): Promise<void> {
  await tx
    .updateTable('administrators')
    .set({ directory_checked_at: 0 })
    .where('kind', '=', 'directory')
    .execute();
}
