// The user source by which administrators come in stays, with its application: without it all of them would be out, and who may delete
// user sources is not who decides about administrators. Asked in rooms of several levels.
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
